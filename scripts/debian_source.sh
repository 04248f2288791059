# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# To be sourced: packages of other releases of Debian, without a trace in the machine's own apt.

# debian_source TYPES SUITES: prints the machine's own source of the main Debian archive (address, key and all) for
# these types ("deb", "deb deb-src") and suites; @ stands for the machine's own suite. False where the machine has no
# such source. Both styles of source files are understood.
debian_source() {
  local suites='
    function suites(own,    names, seen, i, n, s, out) {
      n = split(wanted, names, " ")
      for (i = 1; i <= n; i++) {
        s = names[i] == "@" ? own : names[i]
        if (!seen[s]++) out = out " " s
      }
      return substr(out, 2)
    }'
  { sed -s '$G' /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } | awk -v types="$1" -v wanted="$2" "$suites"'
    BEGIN { RS = ""; FS = "\n" }  # one stanza a record
    done { next }
    {
      text = field = suite = main = off = ""
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^#/) continue
        if ($i ~ /^[A-Za-z]/) field = tolower(substr($i, 1, index($i, ":") - 1))
        if (field == "suites" && match($i " ", /[ \t](bookworm|trixie|oldstable|stable)[ \t]/))
          suite = substr($i, RSTART + 1, RLENGTH - 2)
        if (field == "components" && (" " $i " ") ~ /[ \t:]main[ \t]/) main = 1
        if (field == "enabled" && $i ~ /no[ \t]*$/) off = 1
        if (field !~ /^(types|suites|components)$/) text = text $i "\n"
      }
      if (suite == "" || !main || off) next
      printf "Types: %s\n%sSuites: %s\nComponents: main\n", types, text, suites(suite)
      done = 1
    }
    END { exit !done }' && return
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk -v types="$1" -v wanted="$2" "$suites"'
    $1 != "deb" || done { next }
    {
      key = "/usr/share/keyrings/debian-archive-keyring.gpg"
      if (match($0, /signed-by=[^] ]*/)) key = substr($0, RSTART + 10, RLENGTH - 10)
      sub(/\[[^]]*\]/, "")
      if ($3 !~ /^(bookworm|trixie|oldstable|stable)$/ || !/ main( |$)/) next
      printf "Types: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n", types, $2, suites($3), key
      done = 1
    }
    END { exit !done }'
}

# debian_apt FOLDER TYPES SUITES: sets the array `apt` to an apt-get that knows only such a source and keeps its lists,
# sources and pins (FOLDER/preferences) in FOLDER. False where debian_source is.
debian_apt() {
  local folder
  folder=$(readlink -m "$1") || return
  mkdir -p "$folder"/{sources,preferences,lists/partial}
  chmod 755 "$folder"
  debian_source "$2" "$3" >"$folder/sources/debian.sources" || return
  # shellcheck disable=SC2034  # for the caller
  apt=(apt-get -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$folder/sources"
    -o Dir::Etc::Preferences=/dev/null -o "Dir::Etc::PreferencesParts=$folder/preferences"
    -o "Dir::State::Lists=$folder/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
}
