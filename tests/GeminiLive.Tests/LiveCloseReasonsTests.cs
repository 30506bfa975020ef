namespace GeminiLive.Tests;

/// <summary>Every kind of close the service has been seen to make, with what it means in answer to a setup and in mid-session.</summary>
public sealed class LiveCloseReasonsTests
{
    public static TheoryData<int?, string, string, string> Rows => new()
    {
        { 1000, "", "Unavailable", "Resume" },
        { 1001, "going away", "Unavailable", "Resume" },
        { 1006, "", "Unavailable", "Resume" },
        { null, "Connection reset by peer", "Unavailable", "Resume" },
        { 1012, "service restart", "Unavailable", "Resume" },
        { 1013, "try again later", "Unavailable", "Resume" },
        { 1007, "Request contains an invalid argument.", "Refused", "StartFreshShort" },
        { 1007, "Invalid JSON payload received. Unknown name \"turnDetection\" at 'setup'", "Refused", "StartFresh" },
        { 1007, "The requested combination of response modalities (TEXT, AUDIO) is not supported", "Refused", "StartFresh" },
        { 1007, "API key not valid. Please pass a valid API key.", "Refused", "NextTarget" },
        { 1007, "API key expired. Please renew the API key.", "Refused", "NextTarget" },
        { 1007, "User location is not supported for the API use.", "Refused", "NextTarget" },
        { 1008, "models/none is not found for API version v1beta, or is not supported for bidiGenerateContent", "Refused", "NextTarget" },
        { 1008, "Operation is not implemented, or supported, or enabled.", "Unavailable", "Resume" },
        { 1008, "Requested entity was not found.", "HandleRefused", "StartFresh" },
        { 1008, "The operation was aborted.", "Unavailable", "Resume" },
        { 1008, "Your project has been denied access. Please contact support.", "Refused", "NextTarget" },
        { 1008, "This API method requires billing to be enabled.", "Refused", "NextTarget" },
        { 1011, "Internal error encountered.", "Unavailable", "Resume" },
        { 1011, "The service is currently unavailable.", "Unavailable", "Resume" },
        { 1011, "Deadline expired before operation could complete.", "Unavailable", "Resume" },
        { 1011, "RESOURCE_EXHAUSTED: Maximum concurrent sessions", "QuotaSpent", "NextTarget" },
        { 1011, "You exceeded your current quota, please check your plan and billing details.", "QuotaSpent", "NextTarget" },
        { 1011, "keepalive ping timeout", "Unavailable", "Resume" },
    };

    [Theory, MemberData(nameof(Rows))]
    public void Close_is_read_by_code_and_words(int? code, string reason, string atSetup, string inSession)
    {
        Assert.Equal(atSetup, LiveCloseReasons.OfClose(code, reason).ToString());
        Assert.Equal(inSession, LiveCloseReasons.RemedyFor(code, reason).ToString());
    }

    [Theory]
    [InlineData(400, "Refused")]
    [InlineData(401, "Refused")]
    [InlineData(403, "Refused")]
    [InlineData(404, "Refused")]
    [InlineData(408, "Unavailable")]
    [InlineData(429, "QuotaSpent")]
    [InlineData(500, "Unavailable")]
    [InlineData(503, "Unavailable")]
    [InlineData(null, "Unreachable")]
    public void Refused_upgrade_is_read_by_its_status(int? status, string expected) =>
        Assert.Equal(expected, LiveCloseReasons.OfUpgrade(status).ToString());
}
