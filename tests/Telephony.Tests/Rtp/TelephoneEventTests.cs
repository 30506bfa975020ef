using Telephony.Rtp;
using Telephony.Tests.Media;

namespace Telephony.Tests.Rtp;

public sealed class TelephoneEventTests
{
    [Fact]
    public void Reads_key_end_bit_and_duration()
    {
        Assert.True(TelephoneEvent.TryParse([11, 0x8A, 0x03, 0x20], out var telephoneEvent));
        Assert.Equal(new TelephoneEvent(11, IsEnd: true, 800), telephoneEvent);
        Assert.Equal('#', telephoneEvent.Digit);
        Assert.False(TelephoneEvent.TryParse([1, 2, 3], out _));
        Assert.Null(new TelephoneEvent(16, false, 0).Digit);
    }

    [Fact]
    public void The_same_key_pressed_twice_is_two_digits()
    {
        var receiver = new TelephoneEventReceiver();
        Assert.True(receiver.OnPacket(1000, new(1, false, 160), isMarked: false, nowNs: 0));
        Assert.False(receiver.OnPacket(1000, new(1, true, 800), isMarked: false, nowNs: 0));
        Assert.True(receiver.OnPacket(2600, new(1, false, 160), isMarked: false, nowNs: 0));
    }

    // Senders of recordings, as sipp is, play the same packets for each press.
    [Theory]
    [InlineData(1_500, true, true)]
    [InlineData(1_500, false, false)]   // the rest of an event that a stall of ours held up
    [InlineData(500, true, false)]      // a late copy
    public void A_recorded_key_played_again_after_a_second_is_a_new_digit(int afterMs, bool isMarked, bool isNew)
    {
        var receiver = new TelephoneEventReceiver();
        receiver.OnPacket(13_280, new(1, false, 160), isMarked: true, nowNs: 0);
        receiver.OnPacket(13_280, new(1, true, 800), isMarked: false, nowNs: 100_000_000);
        Assert.Equal(isNew, receiver.OnPacket(13_280, new(1, false, 160), isMarked, nowNs: (100 + afterMs) * 1_000_000L));
        Assert.False(receiver.OnPacket(13_280, new(1, true, 800), isMarked: false, nowNs: (200 + afterMs) * 1_000_000L));
    }

    [Fact]
    public void A_key_known_by_its_last_packet_only_is_a_digit() =>
        Assert.True(new TelephoneEventReceiver().OnPacket(1000, new(1, true, 800), isMarked: false, nowNs: 0));

    [Fact]
    public void A_straggler_of_an_earlier_key_adds_nothing()
    {
        var receiver = new TelephoneEventReceiver();
        receiver.OnPacket(1000, new(1, false, 160), isMarked: false, nowNs: 0);
        receiver.OnPacket(2600, new(2, false, 160), isMarked: false, nowNs: 0);
        Assert.False(receiver.OnPacket(1000, new(1, true, 800), isMarked: false, nowNs: 0));
    }

    [Fact]
    public void A_key_held_for_half_a_minute_is_one_digit()
    {
        var receiver = new TelephoneEventReceiver();
        var digits = 0;
        for (var units = 0; units < 30 * 8000; units += 160)
        {
            var segment = units / 65_535;
            var timestamp = unchecked(4_294_900_000u + (uint)(segment * 65_535));
            if (receiver.OnPacket(timestamp, new(5, false, (ushort)(units - segment * 65_535)), isMarked: units == 0, nowNs: units * 125_000L))
                digits++;
        }
        Assert.Equal(1, digits);
    }

    // Goal B21: 5 % loss, 2 % reorder, 2 % duplicates.
    [Fact]
    public void Ten_thousand_keys_over_a_bad_line_are_exact_and_none_is_doubled()
    {
        const string keys = "0123456789*#ABCD";
        var random = new Random(21);
        var pressed = new char[10_000];
        var sends = new List<(double AtMs, int Index, int Timestamp, byte[] Payload)>();
        var atMs = 0.0;
        var index = 0;
        for (var i = 0; i < pressed.Length; i++)
        {
            var code = random.Next(16);
            pressed[i] = keys[code];
            var timestamp = (int)(atMs * 8);
            var packets = random.Next(4, 9);              // held for 80 to 160 ms, then three end packets
            for (var p = 1; p <= packets + 2; p++, atMs += 20)
            {
                var units = Math.Min(p, packets) * 160;
                byte[] payload = [(byte)code, (byte)(p >= packets ? 0x8A : 0x0A), (byte)(units >> 8), (byte)units];
                Impair(random, sends, atMs, index++, timestamp, payload);
            }
            atMs += 60;
        }

        var receiver = new TestReceiver(12_345, 4_294_000_000);
        foreach (var (at, packetIndex, timestamp, payload) in sends.OrderBy(s => s.AtMs))
        {
            receiver.RunTo(at);
            receiver.Send(packetIndex, timestamp, 101, payload);
        }
        Assert.Equal(new string(pressed), new string([.. receiver.Listener.Digits.Select(d => d.Digit)]));
    }

    private static void Impair(
        Random random, List<(double, int, int, byte[])> sends, double atMs, int index, int timestamp, byte[] payload)
    {
        if (random.NextDouble() < 0.05)
            return;
        var delayMs = random.NextDouble() < 0.02 ? 45 : 0;
        sends.Add((atMs + delayMs, index, timestamp, payload));
        if (random.NextDouble() < 0.02)
            sends.Add((atMs + delayMs + 1, index, timestamp, payload));
    }
}
