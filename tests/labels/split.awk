# SPDX-License-Identifier: Apache-2.0
# Takes files of cases apart: each case becomes a file of its own below `out`, and a row of out/labels.tsv. A file of cases begins with `query NAME`; a case
# begins with `== what it shows`, and each of its lines with a column that is `!` where a finding is expected.
function finish() {
	if (file == "")
		return
	close(out "/" file)
	print platform "\t" query "\t\t" file "\t" lines "\texactly" >(out "/labels.tsv")
}
FNR == 1 {
	finish()
	file = ""
	n = split(FILENAME, part, "/")
	platform = part[n - 1]
	base = part[n]
	sub(/\.cases$/, "", base)
	cases = 0
}
/^query / { query = substr($0, 7) }
/^== / {
	finish()
	title = substr($0, 4)
	gsub(/[^a-z0-9]+/, "-", title)
	file = base "-" ++cases "-" title (platform == "dockerCompose" ? ".yaml" : ".dockerfile")
	lines = ""
	at = 0
	printf "" >(out "/" file)
	next
}
file != "" {
	at++
	if (/^!/)
		lines = lines (lines == "" ? "" : ",") at
	print substr($0, 2) >(out "/" file)
}
END { finish() }
