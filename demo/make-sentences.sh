#!/usr/bin/env bash
# Makes the sound of `keyspike demo`: the WAV files here and sentences.json, from demo/sentences.tsv.
# Needs espeak-ng and sox. Every word is spoken on its own and joined with pauses, over a faint noise floor as a room has
# one; the result is the same on every run of the same versions of espeak-ng and sox.
set -euo pipefail

here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
table=${1:-$here/sentences.tsv}
target=${2:-$here}

for tool in espeak-ng sox; do
  command -v "$tool" > /dev/null || { echo "make-sentences: $tool is not installed" >&2; exit 3; }
done

readonly RATE_HZ=16000
readonly PEAK_DB=-6         # of every word
readonly NOISE_DB=-58       # level of the noise floor
readonly LEAD_SECONDS=1.5   # before the first word
readonly TRAIL_SECONDS=1.5  # after the last one

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# word TEXT VOICE SPEED PITCH FILE: one word, its surrounding silence cut, at our rate.
word() {
  espeak-ng -v "$2" -s "$3" -p "$4" -w "$work/spoken.wav" -- "$1"
  sox -D "$work/spoken.wav" -r "$RATE_HZ" -b 16 -c 1 "$5" \
    silence 1 0.005 0.3% reverse silence 1 0.005 0.3% fade t 0.02 reverse fade t 0.005 norm "$PEAK_DB"
}

# pause SECONDS FILE
pause() {
  sox -D -n -r "$RATE_HZ" -b 16 -c 1 "$2" trim 0 "$1"
}

entries=''
while IFS=$'\t' read -r file device model voice speed pitch gap text; do
  [[ -n $file && $file != \#* ]] || continue
  pieces=()
  expected=''
  pause "$LEAD_SECONDS" "$work/lead.wav"
  pause "$TRAIL_SECONDS" "$work/trail.wav"
  pause "$gap" "$work/gap.wav"
  pieces+=("$work/lead.wav")
  number=0
  for token in $text; do
    number=$((number + 1))
    spoken=${token//[()]/}
    [[ $token == \(* ]] || expected+="${expected:+, }\"$spoken\""
    word "$spoken" "$voice" "$speed" "$pitch" "$work/$number.wav"
    ((number == 1)) || pieces+=("$work/gap.wav")
    pieces+=("$work/$number.wav")
  done
  pieces+=("$work/trail.wav")
  sox -D "${pieces[@]}" "$work/clean.wav"
  length=$(soxi -s "$work/clean.wav")
  # -R: the same noise on every run. Brown noise sounds like a quiet room.
  sox -D -R -n -r "$RATE_HZ" -b 16 -c 1 "$work/noise.wav" synth "${length}s" brownnoise norm "$NOISE_DB"
  sox -D -m -v 1 "$work/clean.wav" -v 1 "$work/noise.wav" -b 16 "$target/$file"
  entries+="${entries:+,$'\n'}  {\"file\": \"$file\", \"device\": \"$device\", \"model\": \"$model\", \"expected\": [$expected]}"
done < "$table"

printf '[\n%s\n]\n' "$entries" > "$target/sentences.json"
