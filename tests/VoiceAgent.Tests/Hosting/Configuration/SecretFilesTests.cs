using Microsoft.Extensions.DependencyInjection;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>Secret files: read at the start, above the file; a changed one is in use after a reload; what is wrong names the file and never its content.</summary>
public sealed class SecretFilesTests
{
    [Fact]
    public async Task Secret_is_taken_and_a_changed_one_too()
    {
        await using var rig = await ReloadRig.StartAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("secrets")).FullName;
        var file = Path.Combine(folder, "Telephony__Users__alice__Password");
        await File.WriteAllTextAsync(file, " first-secret \n");
        await File.WriteAllTextAsync(Path.Combine(folder, "somebody-elses"), "not ours");
        (string, string?)[] settings = [("Secrets", "\"secrets\""), ("Telephony:Users:alice", """{ "Number": "4711" }""")];
        Assert.Equal(["Telephony:Users:alice:Number", "Telephony:Users:alice:Password"], (await rig.ReadAsync(settings)).Changed);

        await File.WriteAllTextAsync(file, "second-secret");
        Assert.Equal(["Telephony:Users:alice:Password"], (await rig.ReadAsync(settings)).Changed);
        Assert.DoesNotContain(rig.Log, line => line.Contains("-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_that_is_no_setting_or_of_the_wrong_kind_is_told_by_its_key()
    {
        await using var rig = await ReloadRig.StartAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("secrets")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Live__ApiKy"), "hush-hush");
        var outcome = await rig.ReadAsync(("Secrets", "\"secrets\""));
        Assert.StartsWith("Live:ApiKy is not a setting; known are ", Assert.Single(outcome.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain(outcome.Faults, fault => fault.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_of_a_secret_that_changes_is_watched_like_the_configuration()
    {
        await using var rig = await ReloadRig.StartAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("secrets")).FullName;
        await rig.ReadAsync(("Secrets", "\"secrets\""));
        var watched = rig.Services.GetRequiredService<VoiceAgent.Hosting.Configuration.SettingsSource>();
        var before = watched.Stamps().Count;
        await File.WriteAllTextAsync(Path.Combine(folder, "Live__ApiKey"), "hush-hush");
        Assert.Equal(before + 1, watched.Stamps().Count);
    }

    [Fact]
    public async Task Files_of_others_are_not_opened_and_ours_that_cannot_be_read_are_named_and_tried_again()
    {
        await using var rig = await ReloadRig.StartAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("secrets")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "somebody-elses"), rig.PathOf("gone"));
        await File.WriteAllTextAsync(Path.Combine(folder, "Calls__MaxCalls"), "7");
        Assert.Empty((await rig.ReadAsync(("Secrets", "\"secrets\""), ("Calls:MaxCalls", "9"))).Faults);
        Assert.Equal(7, rig.Table.MaxCalls);

        File.CreateSymbolicLink(Path.Combine(folder, "Live__ApiKey"), rig.PathOf("gone"));
        var outcome = await rig.ReadAsync(("Secrets", "\"secrets\""));
        Assert.Contains("Live__ApiKey cannot be read", Assert.Single(outcome.Faults), StringComparison.Ordinal);
        Assert.True(outcome.MayPass);
    }

    [Fact]
    public async Task Two_files_of_one_setting_are_refused()
    {
        await using var rig = await ReloadRig.StartAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("secrets")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Calls__MaxCalls"), "7");
        await File.WriteAllTextAsync(Path.Combine(folder, "CALLS__MAXCALLS"), "8");
        Assert.SkipUnless(Directory.GetFiles(folder).Length == 2, "a file system that takes both for one");
        Assert.Contains("are of one setting", Assert.Single((await rig.ReadAsync(("Secrets", "\"secrets\""))).Faults), StringComparison.Ordinal);
    }
}
