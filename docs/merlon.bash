# SPDX-License-Identifier: Apache-2.0
# Completion for merlon, merlon-config and merlon-tls. The options are asked from the program itself, so they are always its own.
_merlon_options() {
	"$@" --help 2>/dev/null | sed -n 's/^ *\(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

_merlon() {
	local cur prev words cword command
	_init_completion || return
	command=
	[ "${words[0]##*/}" = merlon ] && command=${words[1]}
	case $prev in
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W "info low medium high critical" -- "$cur")
		return
		;;
	--sandbox)
		mapfile -t COMPREPLY < <(compgen -W "default strict degrade" -- "$cur")
		return
		;;
	--starttls)
		mapfile -t COMPREPLY < <(compgen -W "postgres mysql smtp submission lmtp imap pop3 ftp ldap xmpp xmpp-server nntp sieve irc redis" -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "never auto always" -- "$cur")
		return
		;;
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -W "terminal json sarif junit" -- "$cur")
		return
		;;
	-k | --kind | facts)
		mapfile -t COMPREPLY < <(compgen -W "$("${words[0]}" facts 2>/dev/null | cut -d ' ' -f 1)" -- "$cur")
		return
		;;
	policy)
		mapfile -t COMPREPLY < <(compgen -W "lint test list show from-facts" -- "$cur")
		return
		;;
	esac
	if [ "${words[0]##*/}" = merlon ] && [ "$cword" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "scan eval report policy facts explain --help --version" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_merlon_options "${words[0]}" ${command:+"$command"})" -- "$cur")
	else
		_filedir
	fi
}
complete -F _merlon merlon merlon-config merlon-tls
