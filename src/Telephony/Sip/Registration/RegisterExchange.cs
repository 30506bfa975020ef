using System.Globalization;
using System.Net;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registration;

/// <summary>One REGISTER at one server, with its repetitions: credentials where they are asked for, a longer time where the server wants one.</summary>
/// <remarks>Owned by the signalling loop. The result is told once.</remarks>
internal sealed class RegisterExchange(
    TransactionLayer layer, RegisterRequests requests, SipFlow flow, TimeSpan? expiry, DigestAccount? account, Action<RegisterResult> onResult) : IClientTransactionUser
{
    private readonly DigestClient? _digest = account is null ? null : new(account);
    private ClientTransaction? _transaction;
    private TimeSpan? _expiry = expiry;
    private bool _isLengthened;
    private bool _isAbandoned;

    /// <summary>The way to the server that is asked.</summary>
    public SipFlow Flow => flow;

    /// <summary>Sends it.</summary>
    public void Start() => Send(requests.Create(flow, _expiry));

    /// <summary>What was sent is not sent again in another form: a server that asks for credentials now does not get them.</summary>
    public void Abandon() => _isAbandoned = true;

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsProvisional)
            return;
        switch (response.StatusCode)
        {
            case >= 200 and < 300:
                onResult(Result(RegisterOutcome.Accepted, response) with { Contact = request.Contact?.Uri, Expiry = Granted(request, response), SeenAs = SeenAs(response) });
                break;
            case 401 or 407 when !_isAbandoned && _digest is not null && _digest.TryAnswer(request, response, out var credentials):
                var again = requests.Create(flow, _expiry);
                again.Headers.Set(credentials.Value.Name, credentials.Value.Value);
                Send(again);
                break;
            case 423 when !_isAbandoned && !_isLengthened && Seconds(response, HeaderNames.MinExpires) is { } least && least > _expiry && least <= TimeSpan.FromDays(1):
                _isLengthened = true;
                _expiry = least;
                Start();
                break;
            case 408 or 423 or 480 or >= 500 and < 600:
                onResult(Result(RegisterOutcome.Failed, response));
                break;
            default:
                onResult(Result(RegisterOutcome.Refused, response));
                break;
        }
    }

    public void OnFailed(SipRequest request, bool isTimeout) =>
        onResult(new(RegisterOutcome.Failed, flow, isTimeout ? "no answer" : "cannot be reached"));

    private void Send(SipRequest request) => _transaction = layer.Send(request, flow, this);

    private RegisterResult Result(RegisterOutcome outcome, SipResponse response) =>
        new(outcome, flow with { Connection = _transaction?.AnsweredOn?.Connection }, $"{response.StatusCode} {response.ReasonPhrase}")
        {
            StatusCode = response.StatusCode,
            RetryAfter = Seconds(response, HeaderNames.RetryAfter),
        };

    /// <summary>The time that the server grants our Contact, else its Expires, else what we asked for (RFC 3261 section 10.2.4).</summary>
    private TimeSpan Granted(SipRequest request, SipResponse response)
    {
        if (request.Contact is not { } own)
            return TimeSpan.Zero;
        foreach (var value in response.Headers.GetValues(HeaderNames.Contact))
        {
            if (NameAddress.TryParse(value, out var contact) && contact.Uri.Matches(own.Uri) && Seconds(contact.Parameters.Get("expires")) is { } granted)
                return granted;
        }
        return Seconds(response, HeaderNames.Expires) ?? _expiry ?? TimeSpan.Zero;
    }

    private static IPEndPoint? SeenAs(SipResponse response)
    {
        var via = response.TopVia;
        return IPAddress.TryParse(via.Received ?? "", out var address) ? new(address, via.RPort ?? via.Port ?? SipListenEndPoint.DefaultPort) : null;
    }

    private static TimeSpan? Seconds(SipResponse response, string header) => Seconds(response.Headers.GetFirst(header));

    /// <summary>The number in front; comments and parameters behind it do not matter.</summary>
    private static TimeSpan? Seconds(string? text)
    {
        var digits = (text ?? "").AsSpan().Trim();
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        digits = end < 0 ? digits : digits[..end];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }
}
