using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GeminiLive;
using Microsoft.Extensions.Options;
using Telephony;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>A whole configuration, bound and found to be good by everything that looks at one when the service starts.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class CheckedSettings
{
    private CheckedSettings(IConfiguration configuration, IServiceProvider services)
    {
        Configuration = configuration;
        Telephony = services.GetRequiredService<IOptions<TelephonyOptions>>().Value;
        Agents = services.GetRequiredService<IOptions<AgentOptions>>().Value;
        Calls = services.GetRequiredService<IOptions<CallOptions>>().Value;
        Live = services.GetRequiredService<IOptions<LiveOptions>>().Value;
        Announcements = services.GetRequiredService<AnnouncementLibrary>();
    }

    /// <summary>The settings themselves.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>The telephone side.</summary>
    public TelephonyOptions Telephony { get; }

    /// <summary>Who answers.</summary>
    public AgentOptions Agents { get; }

    /// <summary>Limits and manners of calls.</summary>
    public CallOptions Calls { get; }

    /// <summary>The Live service.</summary>
    public LiveOptions Live { get; }

    /// <summary>The recordings that <see cref="Calls"/> names.</summary>
    public AnnouncementLibrary Announcements { get; }

    /// <summary>Binds and checks everything.</summary>
    /// <param name="configuration">All sections.</param>
    /// <param name="folder">Folder that relative file names start from.</param>
    /// <param name="faults">Takes all that is wrong, a sentence each: key, value, remedy.</param>
    /// <returns>Null where anything is wrong.</returns>
    public static CheckedSettings? Of(IConfiguration configuration, string folder, ICollection<string> faults)
    {
        var unreadable = SettingsCheck.Faults(configuration);
        foreach (var fault in unreadable)
            faults.Add(fault.Text);
        try
        {
            // What can be read is looked at all the same: whoever mends a file wants to know everything.
            var readable = unreadable.Count == 0 ? configuration : Without(configuration, [.. unreadable.Select(fault => fault.Path)]);
            var collection = new ServiceCollection();
            collection.AddLogging().AddVoiceAgent(readable, folder);
            using var services = collection.BuildServiceProvider();
            Validate(services);
            var settings = new CheckedSettings(configuration, services);
            return faults.Count == 0 ? settings : null;
        }
        catch (Exception refused) when (Failures(refused) is { Count: > 0 } failures)
        {
            foreach (var failure in failures.Where(failure => !unreadable.Any(fault => failure.StartsWith(fault.Path + " ", StringComparison.OrdinalIgnoreCase))).Except(faults).ToList())
                faults.Add(failure);
            return null;
        }
    }

    // A validator that meets what its author did not think of: whoever wrote the setting needs to know where, and a running service goes on.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a validator throws is a fault of the section that it looks at.")]
    private static void Validate(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception bug) when (Failures(bug).Count == 0)
        {
            throw new OptionsValidationException("configuration", typeof(CheckedSettings), [$"{Culprit(services)} cannot be used as it is: {bug.Message}"]);
        }
    }

    private static string Culprit(IServiceProvider services)
    {
        foreach (var (key, type, _) in VoiceAgentSetup.Sections)
        {
            var options = typeof(IOptions<>).MakeGenericType(type);
            try
            {
                options.GetProperty(nameof(IOptions<>.Value))!.GetValue(services.GetService(options));
            }
            catch (TargetInvocationException thrown) when (Failures(thrown.InnerException!).Count == 0)
            {
                return key;
            }
            catch (TargetInvocationException)
            {
                // Its own faults are told when this one is mended.
            }
        }
        return "The configuration";
    }

    private static IReadOnlyList<string> Failures(Exception refused) => refused switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) => [.. several.InnerExceptions.SelectMany(Failures)],
        _ => [],
    };

    private static IConfiguration Without(IConfiguration configuration, IReadOnlyList<string> keys) => new ConfigurationBuilder()
        .AddInMemoryCollection(SettingsInUse.Values(configuration).Where(setting => !keys.Any(key => SettingsInUse.IsWithin(setting.Key, key)))).Build();
}
