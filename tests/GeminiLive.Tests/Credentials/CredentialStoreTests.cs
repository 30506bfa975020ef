using GeminiLive.Credentials;

namespace GeminiLive.Tests.Credentials;

/// <summary>There is one sign-in to Google Cloud for each credentials file.</summary>
public sealed class CredentialStoreTests
{
    [Fact]
    public void File_is_signed_in_with_once_and_the_environments_where_none_is_named()
    {
        var signedIn = new List<string?>();
        var store = new CredentialStore(
            file =>
            {
                signedIn.Add(file);
                return FixedCredentials.ApiKey("k");
            }, defaultFile: "default.json");
        var named = new LiveOptions { Backend = nameof(LiveBackend.Vertex), CredentialsFile = "named.json" };
        var unnamed = new LiveOptions { Backend = nameof(LiveBackend.Vertex) };
        Assert.Same(store.For(named), store.For(named));
        Assert.Same(store.For(unnamed), store.For(unnamed));
        Assert.NotSame(store.For(named), store.For(unnamed));
        Assert.Equal(["named.json", "default.json"], signedIn);
    }
}
