using System.Globalization;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registrar;

/// <summary>REGISTER of a proven user -> contacts in the <see cref="LocationService"/>, all of the request or none (RFC 3261 section 10.3).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class RegisterServer(RegistrarOptions options, LocationService locations, TimeProvider timeProvider)
{
    private const int MaxUriLength = 512;
    private const int MaxPath = 8;
    private const string ExpiresParameter = "expires";

    private static readonly RegisterAnswer BadRequest = RegisterAnswer.Refusal(400, "Bad Contact");

    /// <summary>Does what the request says.</summary>
    /// <param name="register">The request; its To was found to name the user.</param>
    /// <param name="flow">The way it came, and requests to the phone will go.</param>
    /// <param name="user">Who sent it.</param>
    public RegisterAnswer Answer(SipRequest register, SipFlow flow, SipUser user)
    {
        var values = register.Headers.GetValues(HeaderNames.Contact);
        if (values.Contains("*"))
            return values.Count == 1 && HeaderExpires(register) == 0 ? RemoveAll(register, user) : BadRequest;
        if (values.Count > options.MaxContactsPerUser)
            return RegisterAnswer.Refusal(403, "Too Many Contacts");

        var contacts = new List<(RegisteredContact Contact, uint Expires)>(values.Count);
        foreach (var value in values)
        {
            if (Read(value, register, flow, user) is not { } read)
                return BadRequest;
            contacts.Add(read);
        }
        return contacts.Find(one => IsTooBrief(one.Expires)).Contact is not null
            ? RegisterAnswer.Refusal(423, null, new SipHeader(HeaderNames.MinExpires, Seconds(options.MinExpires).ToString(CultureInfo.InvariantCulture)))
            : Change(register, user, contacts);
    }

    private RegisterAnswer Change(SipRequest register, SipUser user, List<(RegisteredContact Contact, uint Expires)> contacts)
    {
        var known = locations.All(user);
        if (contacts.Exists(one => known.Any(old => one.Contact.IsSamePhone(old) && IsOutOfOrder(register, old))))
            return RegisterAnswer.Refusal(500, "CSeq Out Of Order");
        foreach (var (contact, expires) in contacts)
        {
            if (expires == 0)
                locations.Unbind(contact);
            else
                locations.Bind(contact);
        }
        return Success(register, user);
    }

    private RegisterAnswer RemoveAll(SipRequest register, SipUser user)
    {
        var known = locations.All(user).ToList();
        if (known.Exists(old => IsOutOfOrder(register, old)))
            return RegisterAnswer.Refusal(500, "CSeq Out Of Order");
        known.ForEach(locations.Unbind);
        return Success(register, user);
    }

    /// <summary>What is registered now, so that the phone sees how long it has (section 10.3, step 8).</summary>
    private RegisterAnswer Success(SipRequest register, SipUser user)
    {
        List<SipHeader> headers = [.. locations.All(user).Select(Contact)];
        headers.AddRange(Path(register).Select(value => new SipHeader(HeaderNames.Path, value)));
        return new RegisterAnswer(200, null, headers);
    }

    private SipHeader Contact(RegisteredContact contact)
    {
        var left = (contact.ExpiresAt - timeProvider.GetTimestamp()) / (double)timeProvider.TimestampFrequency;
        return new(HeaderNames.Contact, $"<{contact.Uri}>;{ExpiresParameter}={Math.Max(1, Math.Ceiling(left)).ToString(CultureInfo.InvariantCulture)}");
    }

    private (RegisteredContact Contact, uint Expires)? Read(string value, SipRequest register, SipFlow flow, SipUser user)
    {
        if (value.Length > 2 * MaxUriLength || !NameAddress.TryParse(value, out var address) || !address.Uri.IsSip || address.Uri.ToString().Length > MaxUriLength)
            return null;
        var asked = Number(address.Parameters.Get(ExpiresParameter)) ?? HeaderExpires(register) ?? Seconds(options.MaxExpires);
        var expires = Math.Min(asked, Seconds(options.MaxExpires));
        var now = timeProvider.GetTimestamp();
        var contact = new RegisteredContact(user.Name, address.Uri, flow with { IsOnlyWay = true }, [.. Path(register)], Preference(address), Instance(address),
            register.CallId, register.CSeq.Number, now, now + (expires * timeProvider.TimestampFrequency));
        return (contact, expires);
    }

    private bool IsTooBrief(uint expires) => expires > 0 && expires < Seconds(options.MinExpires);

    private static bool IsOutOfOrder(SipRequest register, RegisteredContact known) => register.CallId == known.SipCallId && register.CSeq.Number <= known.CSeq;

    private static uint? HeaderExpires(SipRequest register) => Number(register.Headers.GetFirst(HeaderNames.Expires));

    /// <summary>What cannot be read counts as not said (section 20.19); what is too large, as the most.</summary>
    private static uint? Number(string? text) =>
        SipText.TryParseNumber(text, uint.MaxValue, out var seconds) ? seconds : text is { Length: > 0 } && text.All(char.IsAsciiDigit) ? uint.MaxValue : null;

    private static uint Seconds(TimeSpan time) => (uint)Math.Ceiling(time.TotalSeconds);

    private static double Preference(NameAddress address) =>
        double.TryParse(address.Parameters.Get("q"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? Math.Clamp(q, 0, 1) : 1;

    /// <summary>The device and which of its lines (RFC 5626 section 4.1); without a line the address decides.</summary>
    private static string? Instance(NameAddress address) =>
        address.Parameters.Get("+sip.instance") is { Length: > 0 and < MaxUriLength } instance && address.Parameters.Get("reg-id") is { Length: > 0 and < 16 } line
            ? $"{instance};{line}" : null;

    private static IEnumerable<string> Path(SipRequest register) => register.Headers.GetValues(HeaderNames.Path).Take(MaxPath);
}
