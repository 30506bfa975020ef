#!/bin/sh
# Makes the WAV prompts from prompts.tsv (name, espeak-ng voice, text), needs espeak-ng and sox.
# Each comes out as 24 kHz mono PCM16, silence trimmed at both ends, at -20 dBov RMS.
# The apologies are also what the service plays when the model is gone: they are copied to config/prompts.
set -eu
cd "$(dirname "$0")"
apologies=../../../config/prompts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$apologies"

tab=$(printf '\t')
while IFS="$tab" read -r name voice text; do
    espeak-ng -v "$voice" -s 165 -w "$work/raw.wav" "$text"
    sox -D "$work/raw.wav" -r 24000 -c 1 "$work/trimmed.wav" gain -6 silence 1 0.01 -50d reverse silence 1 0.01 -50d reverse
    rms=$(sox "$work/trimmed.wav" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
    # -D: no dither, so that an unchanged text gives an unchanged file.
    sox -D "$work/trimmed.wav" -b 16 "$name.wav" gain "$(awk "BEGIN { print -20 - ($rms) }")" pad 0.02 0.05
    case $name in apology.*) cp "$name.wav" "$apologies/$name.wav" ;; esac
done < prompts.tsv
