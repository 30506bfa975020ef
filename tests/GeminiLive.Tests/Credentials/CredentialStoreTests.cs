using GeminiLive.Credentials;
using Support.Databases;

namespace GeminiLive.Tests.Credentials;

/// <summary>A credentials file is signed in with once, and again when it was replaced.</summary>
public sealed class CredentialStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Replaced_file_is_signed_in_with_anew()
    {
        var signIns = 0;
        var store = new CredentialStore(_ =>
        {
            signIns++;
            return FixedCredentials.ApiKey($"{signIns}");
        });
        var file = _folder.File("account.json");
        File.WriteAllText(file, "{}");
        var place = new LiveOptions { Backend = nameof(LiveBackend.Vertex), CredentialsFile = file };
        var first = store.For(place);
        Assert.Same(first, store.For(place));

        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        Assert.NotSame(first, store.For(place));
        Assert.Equal(2, signIns);
    }

    [Fact]
    public void Replaced_file_of_the_environment_is_signed_in_with_anew()
    {
        var signedIn = new List<string?>();
        var file = _folder.File("default.json");
        var store = new CredentialStore(
            named =>
            {
                signedIn.Add(named);
                return FixedCredentials.ApiKey("k");
            }, file);
        File.WriteAllText(file, "{}");
        var place = new LiveOptions { Backend = nameof(LiveBackend.Vertex) };
        var first = store.For(place);
        Assert.Same(first, store.For(place));

        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        Assert.NotSame(first, store.For(place));
        Assert.Equal([file, file], signedIn);
    }

    public void Dispose() => _folder.Dispose();
}
