import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Behavior, FunctionResponseScheduling, Modality, Type } from '@google/genai';
import { Conversation, developerApi, vertexAi } from './conversation.mjs';

const greeting = /^\s*Hello, this is the voice agent\./;
const acknowledgement = /Thank you, I have noted that\.\s*$/;
const result = /I have the result now\. Everything is in order\.\s*$/;

const tools = [{
  functionDeclarations: [{
    name: 'lookup_order',
    description: 'Looks up a repair by its number.',
    behavior: Behavior.NON_BLOCKING,
    parameters: { type: Type.OBJECT, properties: { number: { type: Type.STRING } }, required: ['number'] },
  }],
}];

/** Text in, either way there is; speech, its transcript and a count of tokens out. With the API version that the SDK takes by itself. */
async function textTurn(url) {
  const talk = await Conversation.open(developerApi(url));
  talk.sendText('Please greet the caller.');
  await talk.until('the greeting', t => t.turns === 1);
  assert.match(talk.heard, greeting);
  assert.ok(talk.audioSeconds > 2, `${talk.audioSeconds} s of greeting`);
  assert.ok(talk.tokens > 0, 'no usage was told');

  talk.session.sendRealtimeInput({ text: 'My number is 4417.' });
  await talk.until('the second turn', t => t.turns === 2);
  assert.match(talk.heard, acknowledgement);
  await talk.close();
}

/** Says recorded words in 40 ms chunks, and then nothing for a second. */
async function speak(talk) {
  const wav = await readFile(new URL('../../src/Simulation/Prompts/caller-question.wav', import.meta.url));
  const speech = Buffer.concat([wav.subarray(wav.indexOf('data') + 8), Buffer.alloc(48_000)]);
  for (let at = 0; at < speech.length; at += 1_920)
    talk.session.sendRealtimeInput({ audio: { data: speech.toString('base64', at, at + 1_920), mimeType: 'audio/pcm;rate=24000' } });
}

/** Speech in; transcripts of both sides and speech out. */
async function audioTurn(url) {
  const talk = await Conversation.open(developerApi(url, { apiVersion: 'v1beta' }));
  await speak(talk);
  await talk.until('the answer', t => t.turns === 1);
  assert.match(talk.said, /caller spoke for/);
  assert.match(talk.heard, /Your bicycle is ready/);
  assert.ok(talk.audioSeconds > 2, `${talk.audioSeconds} s of answer`);
  await talk.close();
}

/** The caller talks into the greeting. */
async function bargeIn(url) {
  const talk = await Conversation.open(developerApi(url));
  talk.sendText('Please greet the caller.');
  await talk.until('the greeting', t => t.audioBytes > 0);
  await speak(talk);
  await talk.until('the interruption', t => t.interruptions === 1);
  await talk.until('the answer', t => t.turns === 2);
  assert.match(talk.heard, /Your bicycle is ready/);
  await talk.close();
}

/** What the model does not take is refused with its close code, and the SDK says so. */
async function refusal(url) {
  await assert.rejects(Conversation.open(developerApi(url), { config: { thinkingConfig: { thinkingBudget: 0 } } }), /code 1007/);
  await assert.rejects(Conversation.open(developerApi(url), { model: 'no-such-model' }), /code 1008/);
}

/** The server calls the tool while it greets; the result comes at once. */
async function askTool(url, scheduling) {
  const talk = await Conversation.open(developerApi(url), { config: { tools } });
  talk.sendText('Please greet the caller.');
  await talk.until('the tool call', t => t.toolCalls.length > 0);
  const [call] = talk.toolCalls;
  assert.equal(call.name, 'lookup_order');
  assert.deepEqual(call.args, { number: '4417' });
  talk.session.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, scheduling, response: { output: { status: 'ready' } } }] });
  return talk;
}

async function toolInterrupt(url) {
  const talk = await askTool(url, FunctionResponseScheduling.INTERRUPT);
  await talk.until('the interruption', t => t.interruptions === 1);
  await talk.until('the result', t => result.test(t.heard) && t.turns === 2);
  await talk.close();
}

async function toolWhenIdle(url) {
  const talk = await askTool(url, FunctionResponseScheduling.WHEN_IDLE);
  await talk.until('the result', t => result.test(t.heard) && t.turns === 2);
  assert.match(talk.heard, /How can I help you\?.*I have the result now/s);
  assert.equal(talk.interruptions, 0);
  await talk.close();
}

async function toolSilent(url) {
  const talk = await askTool(url, FunctionResponseScheduling.SILENT);
  await talk.until('the greeting', t => t.turns === 1);
  await delay(500);
  assert.equal(talk.turns, 1);
  talk.sendText('Go on.');
  await talk.until('the next turn', t => t.turns === 2);
  assert.match(talk.heard, acknowledgement);
  assert.doesNotMatch(talk.heard, /I have the result/);
  assert.equal(talk.interruptions, 0);
  await talk.close();
}

/** A handle is refused while its connection is open, goes on with the conversation after it, and another one is unknown. */
async function resumption(url) {
  const first = await Conversation.open(developerApi(url), { config: { sessionResumption: {} } });
  first.sendText('Please greet the caller.');
  await first.until('a handle', t => t.turns === 1 && t.isResumable && t.handle);
  const resume = handle => Conversation.open(developerApi(url), { config: { sessionResumption: { handle } } });
  await assert.rejects(resume(first.handle), /code 1011/);
  await first.close();

  const second = await resume(first.handle);
  second.sendText('Are you still there?');
  await second.until('the answer', t => t.turns === 1);
  assert.doesNotMatch(second.heard, greeting);
  assert.match(second.heard, acknowledgement);
  await second.close();

  await assert.rejects(resume('no such handle'), /code 1008/);
}

/** A token of one use lets one session in; what it locks stays as it is, whatever the session asks for. */
async function token(url) {
  const { name } = await developerApi(url, { apiVersion: 'v1alpha' }).authTokens.create({
    config: {
      uses: 1,
      expireTime: new Date(Date.now() + 600_000).toISOString(),
      newSessionExpireTime: new Date(Date.now() + 60_000).toISOString(),
      liveConnectConstraints: { model: 'gemini-3.8-live', config: { responseModalities: [Modality.AUDIO], outputAudioTranscription: {} } },
    },
  });
  assert.match(name, /^auth_tokens\/.+/);

  const bearer = key => developerApi(url, { key, apiVersion: 'v1alpha' });
  const talk = await Conversation.open(bearer(name), { model: 'no-such-model' });
  talk.sendText('Please greet the caller.');
  await talk.until('the greeting', t => t.turns === 1);
  assert.match(talk.heard, greeting);
  await talk.close();

  await assert.rejects(Conversation.open(bearer(name)), /Live connection (closed|failed) before setup completed/);
  await assert.rejects(Conversation.open(bearer('auth_tokens/unknown')), /401/);
}

/** The same conversation over Vertex AI's path, model name and credentials. */
async function vertex(url) {
  const talk = await Conversation.open(vertexAi(url, 'test-token'), { model: 'projects/test/locations/europe-west4/publishers/google/models/gemini-3.8-live' });
  assert.ok(talk.session.setupComplete.sessionId, 'no session id');
  talk.sendText('Please greet the caller.');
  await talk.until('the greeting', t => t.turns === 1);
  assert.match(talk.heard, greeting);
  assert.ok(talk.audioSeconds > 2, `${talk.audioSeconds} s of greeting`);
  assert.ok(talk.tokens > 0, 'no usage was told');
  await talk.close();

  await assert.rejects(Conversation.open(vertexAi(url, '')), /401/);
}

export const scenarios = {
  'text-turn': textTurn,
  'audio-turn': audioTurn,
  'barge-in': bargeIn,
  refusal,
  'tool-interrupt': toolInterrupt,
  'tool-when-idle': toolWhenIdle,
  'tool-silent': toolSilent,
  resumption,
  token,
  vertex,
};
