import { GoogleGenAI, Modality } from '@google/genai';

const waitMs = 30_000;

/** The SDK as a client of the Developer API; without a version it takes its own. */
export const developerApi = (baseUrl, { key = 'test-key', apiVersion } = {}) =>
  new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl, ...(apiVersion && { apiVersion }) } });

/** The SDK as a client of Vertex AI behind an address of its own, where it takes the path and the credentials as they are given. */
export const vertexAi = (baseUrl, token) => new GoogleGenAI({
  vertexai: true,
  httpOptions: { baseUrl: `${baseUrl}/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent`, headers: { Authorization: `Bearer ${token}` } },
});

/** One Live session of the SDK: what came, added up, and a wait for what is to come. */
export class Conversation {
  audioBytes = 0;
  heard = '';            // what the model said, as its transcript tells
  said = '';             // what the caller said, likewise
  turns = 0;
  interruptions = 0;
  tokens = 0;
  toolCalls = [];
  handle = undefined;
  isResumable = false;
  isClosed = false;
  #waiting = new Set();

  /** Connects and sets up; throws the SDK's own error when the server refuses. */
  static async open(ai, { model = 'gemini-3.8-live', config = {} } = {}) {
    const conversation = new Conversation();
    conversation.session = await ai.live.connect({
      model,
      config: { responseModalities: [Modality.AUDIO], inputAudioTranscription: {}, outputAudioTranscription: {}, ...config },
      callbacks: {
        onmessage: message => conversation.#take(message),
        onclose: () => { conversation.isClosed = true; conversation.#look(); },
      },
    });
    return conversation;
  }

  /** Seconds of audio that came: 24 kHz, 16 bit. */
  get audioSeconds() {
    return this.audioBytes / 48_000;
  }

  sendText(text) {
    this.session.sendClientContent({ turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true });
  }

  /** Resolves once the condition holds; it is looked at after each message. */
  until(what, condition) {
    if (condition(this))
      return Promise.resolve();
    return new Promise((resolve, reject) => {
      const entry = { condition, resolve: () => { clearTimeout(timer); resolve(); } };
      const timer = setTimeout(() => { this.#waiting.delete(entry); reject(new Error(`${what} did not come; ${this.#summary()}`)); }, waitMs);
      this.#waiting.add(entry);
    });
  }

  /** Ends the session and waits until the server has let go of it. */
  async close() {
    this.session.close();
    await this.until('the end of the connection', () => this.isClosed);
  }

  #take(message) {
    const content = message.serverContent;
    for (const part of content?.modelTurn?.parts ?? [])
      this.audioBytes += Buffer.from(part.inlineData?.data ?? '', 'base64').length;
    this.heard += content?.outputTranscription?.text ?? '';
    this.said += content?.inputTranscription?.text ?? '';
    this.turns += content?.turnComplete ? 1 : 0;
    this.interruptions += content?.interrupted ? 1 : 0;
    this.tokens = Math.max(this.tokens, message.usageMetadata?.totalTokenCount ?? 0);
    this.toolCalls.push(...message.toolCall?.functionCalls ?? []);
    if (message.sessionResumptionUpdate) {
      this.isResumable = message.sessionResumptionUpdate.resumable ?? false;
      this.handle = message.sessionResumptionUpdate.newHandle || this.handle;
    }
    this.#look();
  }

  #look() {
    for (const entry of this.#waiting) {
      if (!entry.condition(this))
        continue;
      this.#waiting.delete(entry);
      entry.resolve();
    }
  }

  #summary() {
    return `heard "${this.heard}", said "${this.said}", ${this.turns} turns, ${this.interruptions} interruptions, ${this.toolCalls.length} tool calls, `
      + `${this.audioSeconds.toFixed(1)} s of audio, ${this.isClosed ? 'closed' : 'open'}`;
  }
}
