using System.ComponentModel.DataAnnotations;
using VoiceAgent.Cluster;

namespace VoiceAgent.Tests.Cluster;

/// <summary>What a node may be told of its own console.</summary>
public sealed class ClusterOptionsTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("https://node1.example/console/", true)]
    [InlineData("http://[2001:db8::1]:8080/console/", true)]
    [InlineData("node1.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("https://anna:secret@node1.example/console/", false)]
    [InlineData("https://node1.example/console/#/", false)]
    public void Address_of_a_console_is_a_page_that_browsers_reach(string url, bool isFit)
    {
        var options = new ClusterOptions { ConsoleUrl = url };
        var faults = options.Validate(new ValidationContext(options)).ToList();
        Assert.Equal(isFit, faults.Count == 0);
        Assert.All(faults, fault => Assert.Equal([nameof(ClusterOptions.ConsoleUrl)], fault.MemberNames));
    }
}
