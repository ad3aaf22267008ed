# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += docs/merlon.1 docs/merlon-config.1 docs/merlon-tls.1 docs/merlon-policy.5
completiondir = $(datadir)/bash-completion/completions
dist_completion_DATA = docs/merlon.bash
install-data-hook:
	cd "$(DESTDIR)$(completiondir)" && mv -f merlon.bash merlon && $(LN_S) -f merlon merlon-config && $(LN_S) -f merlon merlon-tls
uninstall-hook:
	rm -f "$(DESTDIR)$(completiondir)/merlon" "$(DESTDIR)$(completiondir)/merlon-config" "$(DESTDIR)$(completiondir)/merlon-tls"
