using Telephony.Codecs;

namespace Telephony.Tests.Media;

/// <summary>Keys heard in the audio of callers whose device has no telephone-event (goal B23), on the receive path.</summary>
public sealed class InBandDigitTests
{
    [Fact]
    public void A_caller_without_telephone_event_is_listened_to_for_tones()
    {
        var receiver = Receiver(telephoneEvent: null);

        Press(receiver, 0, 5);
        receiver.Stream(5, 5);
        Press(receiver, 10, 5);

        Assert.Equal("55", string.Concat(receiver.Listener.Tones));
        Assert.Equal(2, receiver.Counters.Digits);
        Assert.Empty(receiver.Listener.Digits);
    }

    [Fact]
    public void A_caller_with_telephone_event_is_not()
    {
        var receiver = Receiver(telephoneEvent: 101);

        Press(receiver, 0, 10);

        Assert.Empty(receiver.Listener.Tones);
    }

    [Fact]
    public void A_lost_packet_within_a_key_makes_no_second_one()
    {
        var receiver = Receiver(telephoneEvent: null);

        Press(receiver, 0, 5);
        receiver.RunTo(120);
        Press(receiver, 6, 6);   // number 5 is lost
        receiver.RunTo(400);

        Assert.Equal("5", string.Concat(receiver.Listener.Tones));
    }

    private static TestReceiver Receiver(byte? telephoneEvent) => new(change: media => media with { TelephoneEventPayloadType = telephoneEvent });

    /// <summary>Packets of the key 5, one each 20 ms.</summary>
    private static void Press(TestReceiver receiver, int first, int count)
    {
        for (var index = first; index < first + count; index++)
        {
            receiver.RunTo(20 * index);
            var pcm = new short[160];
            for (var i = 0; i < 160; i++)
                pcm[i] = (short)(4_000 * (Math.Sin(2 * Math.PI * 770 * (index * 160 + i) / 8_000.0) + Math.Sin(2 * Math.PI * 1_336 * (index * 160 + i) / 8_000.0)));
            var payload = new byte[160];
            CodecCatalog.CreateEncoder(CodecCatalog.Pcmu).Encode(pcm, payload);
            receiver.Audio(index, payload);
        }
    }
}
