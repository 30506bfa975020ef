#!/usr/bin/env bash
# Builds what is handed out: artifacts/voiceagent-VERSION-RID.tar.gz, which needs no .NET on the machine, and its SHA-256.
#   ./release.sh [RID ...]   runtime identifiers, linux-x64 when none is named; VERSION is that of Directory.Build.props
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
version="$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)"
[ $# -gt 0 ] || set -- linux-x64
for rid in "$@"; do
  name="voiceagent-$version-$rid"
  rm -rf "artifacts/$name"
  # One file, precompiled, with the runtime in it (docs/deploy.md says what each of these gives).
  dotnet publish src/VoiceAgent -c Release -v q -r "$rid" --self-contained true -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:RunAnalyzers=false \
    -p:IncludeNativeLibrariesForSelfExtract=false -p:DebugType=none -o "artifacts/$name"
  cp README.md LICENSE "artifacts/$name/"
  cp -r config/systemd "artifacts/$name/config/"
  tar -C artifacts -czf "artifacts/$name.tar.gz" "$name"
  (cd artifacts && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
  echo "artifacts/$name.tar.gz"
done
