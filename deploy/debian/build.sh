#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh VERSION TARBALL FOLDER: Debian packages from what `make dist` made, into FOLDER:
# the source is FOLDER/ctpolicy-VERSION, the packages are beside it. Options for dpkg-buildpackage
# in $DPKG_BUILDPACKAGE, and a further version of the packages ("2", for 0.1.0-2) in $REVISION.
set -eu
version=$1 tarball=$2 folder=$3
source=$folder/ctpolicy-$version

rm -rf "$source"
mkdir -p "$folder"
cp "$tarball" "$folder/ctpolicy_$version.orig.tar.gz"
tar -xzf "$tarball" -C "$folder"
cp -r "$source/deploy/debian/debian" "$source/debian"
if [ -n "${REVISION-}" ]; then
	sed -i "1s/(\([^)]*\)-[^-)]*)/(\1-$REVISION)/" "$source/debian/changelog"
fi
cd "$source"
# shellcheck disable=SC2086
dpkg-buildpackage --no-sign ${DPKG_BUILDPACKAGE-}
