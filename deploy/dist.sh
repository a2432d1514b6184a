#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dist.sh NAME FILE: the source as FILE, a tarball with the folder NAME in it: the files that git
# tracks, or in an unpacked tarball all but what was built. Sorted, owned by root, of one time
# ($SOURCE_DATE_EPOCH, else the last commit's), so that the same commit gives the same bytes.
set -eu
name=$1 file=$2
cd "$(dirname "$0")/.."

tracked() {
	if [ -e .git ]; then
		git ls-files -z
	else
		find . -path ./build -prune -o -path ./tests/samples -prune -o -path ./ctpolicy -prune \
			-o -name __pycache__ -prune -o \( -type f -o -type l \) -printf '%P\0'
	fi
}

if [ -z "${SOURCE_DATE_EPOCH-}" ]; then
	# All files of a tarball have that time.
	SOURCE_DATE_EPOCH=$(if [ -e .git ]; then git log -1 --format=%ct; else stat -c %Y LICENSE; fi)
fi
# A step each: of a pipeline the last one's failure alone is seen, and half a tarball is none.
trap 'rm -f "$file.names" "$file.tar" "$file.new"' EXIT
tracked > "$file.names"
LC_ALL=C sort -zu -o "$file.names" "$file.names"
tar --create --file="$file.tar" --null --files-from="$file.names" --format=ustar --owner=0 --group=0 \
	--numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --mode=u=rwX,go=rX \
	--transform="flags=rSH;s,^,$name/,"
gzip -9n < "$file.tar" > "$file.new"
mv "$file.new" "$file"
