using Tools;
using Tools.Catalog;

namespace VoiceAgent.PhoneTools;

/// <summary>Gives the catalogue the phone tools, which need no configuration; each call makes them its own (<see cref="PhoneFunctions.Bind"/>).</summary>
internal sealed class PhoneToolFactory : IToolSourceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<IToolSource> Create(IConfiguration tools) => [new PhoneSource()];

    private sealed class PhoneSource : IToolSource
    {
        public string Name => PhoneFunctions.Source;

        public Action? Changed { get; set; }

        public ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation) => ValueTask.FromResult(PhoneFunctions.Unbound);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
