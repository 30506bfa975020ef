using System.Runtime.InteropServices;

namespace Telephony.Codecs.Opus;

/// <summary>The functions of libopus that are used: the only native calls of this folder. Loaded when first asked for; the system need not have it.</summary>
/// <remarks>
/// Coder states are made in memory of our own (<see cref="OpusState"/>), so that nothing has to be given back: the collector frees a call's coders with the
/// call. Safe from every thread; the states are not.
/// </remarks>
internal sealed unsafe class LibOpus
{
    public const int ApplicationVoip = 2048;
    public const int SetBitrate = 4002;
    public const int SetMaxBandwidth = 4004;
    public const int SetVariableBitrate = 4006;
    public const int SetComplexity = 4010;
    public const int SetInBandFec = 4012;
    public const int SetExpectedLossPercent = 4014;
    public const int SetSignal = 4024;
    public const int SignalVoice = 3001;

    /// <summary>OPUS_BANDWIDTH_NARROWBAND; the wider ones follow.</summary>
    public const int Narrowband = 1101;

    private static readonly string[] Names = ["libopus.so.0", "libopus.0.dylib", "opus"];

    private static readonly Lazy<LibOpus?> Shared = new(() => TryLoad(Names));

    private readonly delegate* unmanaged[Cdecl]<int, int> _decoderBytes;
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int> _initDecoder;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, int, short*, int, int, int> _decode;
    private readonly delegate* unmanaged[Cdecl]<int, int> _encoderBytes;
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int, int> _initEncoder;
    private readonly delegate* unmanaged[Cdecl]<byte*, short*, int, byte*, int, int> _encode;

    // Variadic in C. With one integer it is called as any function by the ABIs of Linux and Windows; Apple's on ARM passes it otherwise.
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int> _controlEncoder;

    private LibOpus(nint library)
    {
        _decoderBytes = (delegate* unmanaged[Cdecl]<int, int>)NativeLibrary.GetExport(library, "opus_decoder_get_size");
        _initDecoder = (delegate* unmanaged[Cdecl]<byte*, int, int, int>)NativeLibrary.GetExport(library, "opus_decoder_init");
        _decode = (delegate* unmanaged[Cdecl]<byte*, byte*, int, short*, int, int, int>)NativeLibrary.GetExport(library, "opus_decode");
        _encoderBytes = (delegate* unmanaged[Cdecl]<int, int>)NativeLibrary.GetExport(library, "opus_encoder_get_size");
        _initEncoder = (delegate* unmanaged[Cdecl]<byte*, int, int, int, int>)NativeLibrary.GetExport(library, "opus_encoder_init");
        _encode = (delegate* unmanaged[Cdecl]<byte*, short*, int, byte*, int, int>)NativeLibrary.GetExport(library, "opus_encode");
        _controlEncoder = (delegate* unmanaged[Cdecl]<byte*, int, int, int>)NativeLibrary.GetExport(library, "opus_encoder_ctl");
    }

    /// <summary>The system's library; null where there is none.</summary>
    public static LibOpus? Instance => Shared.Value;

    /// <summary>Loads the first library found under these names; null when there is none that has all functions.</summary>
    public static LibOpus? TryLoad(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            // Beside the program first, as in the container image, then where the system has its libraries.
            if (!NativeLibrary.TryLoad(name, typeof(LibOpus).Assembly, searchPath: null, out var library))
                continue;
            if (NativeLibrary.TryGetExport(library, "opus_decoder_init", out _) && NativeLibrary.TryGetExport(library, "opus_encoder_ctl", out _))
                return new LibOpus(library);
            NativeLibrary.Free(library);
        }
        return null;
    }

    /// <summary>A mono decoder at its start.</summary>
    /// <exception cref="InvalidOperationException">The library refuses the rate.</exception>
    public OpusState NewDecoder(int sampleRateHz)
    {
        var state = new OpusState(_decoderBytes(1));
        fixed (byte* bytes = state.Bytes)
            ThrowIfError(_initDecoder(bytes, sampleRateHz, 1));
        return state;
    }

    /// <summary>A mono encoder for voice at its start.</summary>
    /// <exception cref="InvalidOperationException">The library refuses the rate.</exception>
    public OpusState NewEncoder(int sampleRateHz)
    {
        var state = new OpusState(_encoderBytes(1));
        fixed (byte* bytes = state.Bytes)
            ThrowIfError(_initEncoder(bytes, sampleRateHz, 1, ApplicationVoip));
        return state;
    }

    /// <summary>Decodes a packet, or conceals a lost one when it is empty.</summary>
    /// <param name="state">The decoder.</param>
    /// <param name="packet">Packet that <see cref="OpusPacket"/> has found right, or nothing.</param>
    /// <param name="pcm">Room for the packet; where audio is made up, the whole of it is filled, a multiple of 2.5 ms.</param>
    /// <param name="isLostBefore">Decodes what the packet says again of the audio before it, instead of its own.</param>
    /// <returns>Samples, or a negative error.</returns>
    public int Decode(OpusState state, ReadOnlySpan<byte> packet, Span<short> pcm, bool isLostBefore)
    {
        fixed (byte* bytes = state.Bytes, data = packet)
        fixed (short* samples = pcm)
            return _decode(bytes, data, packet.Length, samples, pcm.Length, isLostBefore ? 1 : 0);
    }

    /// <summary>Encodes a frame.</summary>
    /// <returns>Bytes, or a negative error.</returns>
    public int Encode(OpusState state, ReadOnlySpan<short> pcm, Span<byte> packet)
    {
        fixed (byte* bytes = state.Bytes, data = packet)
        fixed (short* samples = pcm)
            return _encode(bytes, samples, pcm.Length, data, packet.Length);
    }

    /// <summary>Changes a setting of an encoder.</summary>
    /// <exception cref="InvalidOperationException">The library refuses the value.</exception>
    public void Control(OpusState encoder, int request, int value)
    {
        fixed (byte* bytes = encoder.Bytes)
            ThrowIfError(_controlEncoder(bytes, request, value));
    }

    private static void ThrowIfError(int result)
    {
        if (result < 0)
            throw new InvalidOperationException($"libopus refused with {result}.");
    }
}
