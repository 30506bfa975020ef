namespace VoiceAgent.Audio;

/// <summary>What became of one turn of model audio in <see cref="PlayoutBuffer"/>, to the sample.</summary>
/// <param name="Turn">The agent's turn, as <see cref="GeminiLive.ILiveListener.OnAudio"/> counts it.</param>
/// <param name="ReceivedSamples">Samples at 24 kHz that the model gave and the buffer took.</param>
/// <param name="PlayedSamples">Of these, the samples that went out to the caller, a fading end included.</param>
/// <param name="WasCut">True when <see cref="PlayoutBuffer.Flush"/> ended it before its end.</param>
internal readonly record struct PlayedTurn(int Turn, long ReceivedSamples, long PlayedSamples, bool WasCut);
