namespace Telephony.Sip.Messages;

/// <summary>The rules by which two URIs mean the same (RFC 3261 section 19.1.4), behind <see cref="SipUri.Matches"/>.</summary>
/// <remarks>Work is bounded by <see cref="SipLimits.MaxParameters"/> squared.</remarks>
internal static class SipUriComparison
{
    // The text names the first four; transport is added because the RFC's own examples count it.
    private static readonly string[] MustBeInBoth = ["user", "ttl", "method", "maddr", "transport"];

    public static bool Matches(SipUri left, SipUri right)
    {
        if (left.Scheme != right.Scheme)
            return false;
        if (left.Opaque is not null || right.Opaque is not null)
            return left.Opaque == right.Opaque;
        return UsersMatch(left.UserInfo, right.UserInfo)
            && left.Host.Equals(right.Host, StringComparison.OrdinalIgnoreCase)
            && left.Port == right.Port
            && ParametersMatch(left, right)
            && HeadersMatch(left.Headers, right.Headers);
    }

    private static bool UsersMatch(string? left, string? right) =>
        left is null || right is null ? left == right : PercentEncoding.Equivalent(left, right, ignoreCase: false);

    private static bool ParametersMatch(SipUri left, SipUri right)
    {
        foreach (var name in MustBeInBoth)
        {
            if (left.GetParameter(name) is null != right.GetParameter(name) is null)
                return false;
        }
        foreach (var parameter in left.Parameters)
        {
            if (TryFind(right.Parameters, parameter.Name, out var value) && !PercentEncoding.Equivalent(parameter.Value, value, ignoreCase: true))
                return false;
        }
        return true;
    }

    private static bool TryFind(SipParameters parameters, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        foreach (var parameter in parameters)
        {
            if (PercentEncoding.Equivalent(parameter.Name, name, ignoreCase: true))
            {
                value = parameter.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    private static bool HeadersMatch(string? left, string? right)
    {
        if (left is null || right is null)
            return left == right;
        return left.AsSpan().Count('&') == right.AsSpan().Count('&') && ContainsAll(left, right) && ContainsAll(right, left);
    }

    private static bool ContainsAll(ReadOnlySpan<char> headers, ReadOnlySpan<char> wanted)
    {
        foreach (var range in wanted.Split('&'))
        {
            if (!ContainsHeader(headers, wanted[range]))
                return false;
        }
        return true;
    }

    private static bool ContainsHeader(ReadOnlySpan<char> headers, ReadOnlySpan<char> wanted)
    {
        foreach (var range in headers.Split('&'))
        {
            if (HeaderMatches(headers[range], wanted))
                return true;
        }
        return false;
    }

    private static bool HeaderMatches(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var leftEnd = left.IndexOf('=');
        var rightEnd = right.IndexOf('=');
        if (leftEnd < 0 || rightEnd < 0)
            return PercentEncoding.Equivalent(left, right, ignoreCase: false);
        return PercentEncoding.Equivalent(left[..leftEnd], right[..rightEnd], ignoreCase: true)
            && PercentEncoding.Equivalent(left[(leftEnd + 1)..], right[(rightEnd + 1)..], ignoreCase: false);
    }
}
