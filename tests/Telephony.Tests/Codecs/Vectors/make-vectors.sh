#!/usr/bin/env bash
# Makes the vectors of this folder with ffmpeg 5.1 (see README.md). Run it here; the files that it writes are committed.
set -euo pipefail
voice=../../../../src/Simulation/Prompts/greeting.wav
ffmpeg -loglevel error -y -ss 0.3 -t 0.4 -i "$voice" -ac 1 -ar 16000 -f s16le voice.tmp
python3 - <<'P'
import math, random, struct
random.seed(722)
rate, out = 16000, []
out += struct.unpack("<6400h", open("voice.tmp", "rb").read()[:12800])
out += [round(30000 * math.sin(2 * math.pi * (100 + 7500 * i / 4800 / 2) * i / rate)) for i in range(4800)]   # sweep
out += [random.randint(-32768, 32767) for _ in range(1600)]                                               # noise beyond all slopes
out += [0] * 800 + [32767, -32768] * 200 + [32767] * 400 + [-32768] * 400                                 # silence, Nyquist, steps
out += [random.randint(-20, 20) for _ in range(1200)]                                                     # a quiet line
open("g722-input.s16", "wb").write(struct.pack(f"<{len(out)}h", *out))
open("g722-random.g722", "wb").write(random.randbytes(4000))
P
ffmpeg -loglevel error -y -f s16le -ar 16000 -ac 1 -i g722-input.s16 -c:a g722 -f g722 g722-input.g722
for name in input random; do
  ffmpeg -loglevel error -y -f g722 -i g722-$name.g722 -f s16le -ac 1 -ar 16000 g722-$name.decoded.s16
done
rm voice.tmp
