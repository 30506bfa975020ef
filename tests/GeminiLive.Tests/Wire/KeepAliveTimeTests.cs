using GeminiLive.Wire;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>When a silent server is asked and when it is left, on virtual time; row A1: frozen is noticed within 80 s, and an answer 30 s late ends nothing.</summary>
public sealed class KeepAliveTimeTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly KeepAlive _keepAlive;
    private readonly List<double> _asked = [];
    private double? _lost;

    public KeepAliveTimeTests() => _keepAlive = new KeepAlive(
        new LiveOptions(), _clock, () => _asked.Add(_clock.GetElapsedTime(0).TotalSeconds), () => _lost = _clock.GetElapsedTime(0).TotalSeconds);

    public void Dispose() => _keepAlive.Dispose();

    [Fact]
    public void Server_that_never_answers_is_left_after_75_seconds()
    {
        Pass(200);
        Assert.Equal([20.0], _asked);
        Assert.Equal(75, _lost);
    }

    [Fact]
    public void Answers_of_30_and_of_50_seconds_end_nothing()
    {
        Pass(50);
        _keepAlive.Heard();
        Pass(20 + 50);
        _keepAlive.Heard();
        Pass(19);

        Assert.Equal([20.0, 70.0], _asked);
        Assert.Null(_lost);
        Pass(1 + 55);
        Assert.Equal(120 + 20 + 55, _lost);
    }

    [Fact]
    public void Server_that_speaks_is_not_asked()
    {
        for (var i = 0; i < 100; i++)
        {
            Pass(5);
            _keepAlive.Heard();
        }
        Assert.Empty(_asked);
        Pass(75);
        Assert.Equal([520.0], _asked);
        Assert.Equal(575, _lost);
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _clock.Advance(Second);
    }
}
