#!/bin/sh
# Makes the WAV prompts from prompts.tsv and announcements.tsv (name, espeak-ng voice, text), needs espeak-ng and sox.
# Each comes out as 24 kHz mono PCM16, silence trimmed at both ends, at -20 dBov RMS.
# The apologies are also what the service plays when the model is gone: they are copied to config/prompts. What announcements.tsv lists goes
# there alone, and so does the filler: two soft notes and a pause, 2 s to be played in a loop.
set -eu
cd "$(dirname "$0")"
service=../../../config/prompts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$service"

tab=$(printf '\t')
cat prompts.tsv announcements.tsv | while IFS="$tab" read -r name voice text; do
    espeak-ng -v "$voice" -s 165 -w "$work/raw.wav" "$text"
    sox -D "$work/raw.wav" -r 24000 -c 1 "$work/trimmed.wav" gain -6 silence 1 0.01 -50d reverse silence 1 0.01 -50d reverse
    rms=$(sox "$work/trimmed.wav" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
    # -D: no dither, so that an unchanged text gives an unchanged file.
    sox -D "$work/trimmed.wav" -b 16 "$name.wav" gain "$(awk "BEGIN { print -20 - ($rms) }")" pad 0.02 0.05
    case $name in
    apology.*) cp "$name.wav" "$service/$name.wav" ;;
    moment*) mv "$name.wav" "$service/$name.wav" ;;
    esac
done

for note in 440 550; do
    sox -D -n -r 24000 -c 1 -b 16 "$work/$note.wav" synth 0.4 sine $note fade q 0.03 0.4 0.35 gain -30
done
sox -D "$work/440.wav" "$work/550.wav" -b 16 "$service/filler.wav" pad 0 1.2
