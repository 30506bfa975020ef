using System.Net;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Keeps what operators are told of one trunk: its status, and a log line for each change, not for each try.</summary>
/// <remarks>Written by the signalling loop; <see cref="Status"/> is read on any thread.</remarks>
internal sealed class TrunkReport(TrunkStack stack, Trunk trunk)
{
    private volatile TrunkStatus _status = new(trunk.Name, trunk.Options.Register, TrunkState.Unknown, stack.TimeProvider.GetUtcNow());

    /// <summary>How the trunk is now.</summary>
    public TrunkStatus Status => _status;

    private DateTimeOffset Now => stack.TimeProvider.GetUtcNow();

    /// <summary>A registration was accepted.</summary>
    public void Registered(RegisterResult result)
    {
        var isNew = Change(TrunkState.Up, result.Flow, result.Answer);
        _status = _status with { RegisteredUntil = Now + result.Expiry };
        if (isNew)
            stack.Logger.Registered(trunk.Name, Server(result.Flow), result.Expiry.TotalSeconds);
    }

    /// <summary>A registration was refused.</summary>
    public void Refused(RegisterResult result, TimeSpan wait)
    {
        Change(TrunkState.Refused, result.Flow, result.Answer);
        var advice = result.StatusCode is 401 or 403 or 407 ? "check Username, AuthUsername and Password" : "check Server, Domain and Username";
        stack.Logger.RegistrationRefused(trunk.Name, Server(result.Flow), result.Answer, advice, (int)wait.TotalSeconds);
    }

    /// <summary>No server could be used.</summary>
    public void Failed(SipFlow? flow, string why)
    {
        if (Change(TrunkState.Down, flow, why))
            stack.Logger.TrunkDown(trunk.Name, _status.Server ?? trunk.Options.Server, why);
    }

    /// <summary>The server that had accepted us is gone.</summary>
    public void Lost(SipFlow? flow, string why) => Failed(flow, why);

    /// <summary>The server has answered a question.</summary>
    /// <param name="flow">Which.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="decides">Whether that alone makes the trunk be up: where we do not register.</param>
    public void Answered(SipFlow flow, string answer, bool decides)
    {
        if (!decides)
            _status = _status with { LastAnswer = answer, LastAnswerAt = Now };
        else if (Change(TrunkState.Up, flow, answer))
            stack.Logger.TrunkUp(trunk.Name, Server(flow), answer);
    }

    /// <summary>The server sees us at another address than we know.</summary>
    public void SeenAs(IPEndPoint address) => stack.Logger.SeenAs(trunk.Name, address);

    /// <summary>We have left the trunk.</summary>
    public void Left() => Change(TrunkState.Left, null, _status.LastAnswer);

    private static string Server(SipFlow flow) => $"{flow.Transport.LocalEndPoint.Protocol.ToString().ToLowerInvariant()}://{flow.Remote}";

    /// <summary>Whether the state is another one.</summary>
    private bool Change(TrunkState state, SipFlow? flow, string? answer)
    {
        var before = _status;
        _status = before with
        {
            State = state,
            Since = before.State == state ? before.Since : Now,
            Server = flow is null ? before.Server : Server(flow),
            LastAnswer = answer,
            LastAnswerAt = Now,
            RegisteredUntil = state == TrunkState.Up ? before.RegisteredUntil : null,
        };
        return before.State != state;
    }
}
