// A call as lanes over time: who spoke, what waited for what. Drawn from the record alone.
import { svg, seconds } from './dom.js';

const WIDTH = 1000;
const LEFT = 92;
const LANE = 26;
const SPEECH_MS_PER_CHARACTER = 65;   // about 15 characters a second: the length of a turn whose audio was not counted

const NAMES = ['Caller', 'Agent', 'Tools', 'Waits', 'Silence', 'Events'];

export function lanes(record, summary) {
  const timeline = record.timeline ?? [];
  const end = Math.max(summary.durationMs ?? 0, timeline.at(-1)?.atMs ?? 0, 1000);
  const x = ms => LEFT + (WIDTH - LEFT - 10) * Math.min(Math.max(ms, 0), end) / end;
  const height = LANE * NAMES.length + 24;
  const y = lane => lane * LANE + 5;
  const bar = (lane, kind, from, to, title) => svg('rect', { class: kind, x: x(from), y: y(lane), width: Math.max(2, x(to) - x(from)), height: LANE - 10, rx: 3 }, svg('title', {}, title));
  const mark = (kind, at, title) => svg('path', { class: kind, d: `M${x(at)} ${y(5)}l5 ${LANE - 10}h-10z` }, svg('title', {}, `${seconds(at)} ${title}`));

  const parts = [];
  for (const turn of record.transcript ?? []) {
    const isAgent = turn.speaker === 'agent';
    const length = turn.audioPlayedMs ?? turn.audioReceivedMs ?? (turn.text ?? '').length * SPEECH_MS_PER_CHARACTER;
    parts.push(bar(isAgent ? 1 : 0, isAgent ? 'agent' : 'caller', turn.atMs, turn.atMs + length, `${seconds(turn.atMs)} ${isAgent ? 'Agent' : 'Caller'}: ${turn.heard ?? turn.text}`));
  }
  for (const tool of record.tools ?? [])
    parts.push(bar(2, 'tool', tool.atMs, tool.atMs + (tool.durationMs ?? 0), `${seconds(tool.atMs)} ${tool.tool}: ${tool.outcome}${tool.durationMs ? `, ${Math.round(tool.durationMs)} ms` : ''}`));
  for (const answer of record.responses ?? [])
    parts.push(bar(3, 'wait', answer.atMs - answer.latencyMs, answer.atMs, `${seconds(answer.atMs)} answered after ${Math.round(answer.latencyMs)} ms`));
  for (const silence of record.deadAir ?? [])
    parts.push(bar(4, 'dead', silence.atMs - silence.ms, silence.atMs, `${seconds(silence.atMs)} ${(silence.ms / 1000).toFixed(1)} s of silence: ${silence.cause}`));
  for (const change of record.reconnects ?? [])
    parts.push(mark('bad', change.atMs, `Live connection: ${change.cause}${change.gapMs ? `, back after ${Math.round(change.gapMs)} ms` : ''}`));
  for (const entry of timeline.filter(entry => entry.kind === 'Interruption' || entry.kind === 'Digit' || entry.kind === 'Line'))
    parts.push(mark(entry.kind === 'Interruption' ? 'wait' : 'step', entry.atMs, entry.text));

  const steps = Math.max(1, Math.ceil(end / 10 / 1000)) * 1000;
  const grid = [];
  for (let at = 0; at <= end; at += steps)
    grid.push(svg('line', { class: 'grid', x1: x(at), x2: x(at), y1: 0, y2: height - 18 }), ...(x(at) < WIDTH - 40 ? [svg('text', { x: x(at) + 2, y: height - 6 }, seconds(at))] : []));

  return svg('svg', { class: 'lanes', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': 'Lanes over time: caller, agent, tools, waits for an answer, silence, events. The steps are listed below.' },
    grid, NAMES.map((name, lane) => svg('text', { x: 6, y: y(lane) + LANE - 13 }, name)), parts);
}
