using System.Text.Json;
using System.Threading.Channels;
using Tools;
using Tools.Catalog;
using Tools.Invocation;

namespace VoiceAgent.Commands;

/// <summary>Runs one tool from the shell, by the same way as in a call: argument check, policy, ledger.</summary>
/// <remarks>Whoever types the command has agreed to it, so the policy's confirmation is left out.</remarks>
internal sealed class ToolInvoker(ConfiguredService service, TextWriter output, bool isJson) : IToolCallsListener
{
    private readonly Channel<ToolAnswer> _answers = Channel.CreateUnbounded<ToolAnswer>();   // one call, whose news are bounded
    private ToolInvocation? _invocation;

    /// <returns>The exit code: 0 when it succeeded, 1 when not, 2 when it could not be run.</returns>
    public async Task<int> RunAsync(string name, string args, string caller, string dialled, string? agent, CancellationToken cancellation)
    {
        if (Complaint(args, agent) is { } complaint)
            return await RefuseAsync(complaint);
        agent ??= service.Agents.Profiles.Keys.FirstOrDefault(candidate => Has(candidate, name)) ?? DefaultAgent;
        using var set = service.RentTools(agent);
        if (set.Find(name) is not { } tool)
            return await RefuseAsync($"Agent {agent} has no tool '{name}'; {(set.Tools.Count == 0 ? "it has none" : $"it has {string.Join(", ", set.Tools.Select(known => known.Name))}")}.");
        var context = new ToolContext { CallId = $"shell-{Guid.NewGuid():N}", Agent = agent, CallerNumber = caller, CallerIsVerified = true, DialledNumber = dialled, Time = service.ToolServices.Time };
        var answer = await RunAsync(tool with { Policy = tool.Policy with { Confirm = false } }, context, args, cancellation);
        return answer?.Outcome == ToolOutcome.Succeeded ? 0 : 1;
    }

    /// <inheritdoc/>
    public void OnAnswers(IReadOnlyList<ToolAnswer> answers)
    {
        foreach (var answer in answers)
            _answers.Writer.TryWrite(answer);
    }

    /// <inheritdoc/>
    public void OnInvocation(ToolInvocation invocation) => _invocation = invocation;

    private async Task<ToolAnswer?> RunAsync(Tool tool, ToolContext context, string args, CancellationToken cancellation)
    {
        ToolAnswer? answer = null;
        await using (var tools = new CallTools(new ToolSet([tool]), context, service.ToolServices, this))
        {
            tools.Begin([new ToolRequest("1", tool.Name, args)]);
            try
            {
                answer = await AnswerAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                tools.End("cancelled in the shell");
            }
        }
        await WriteEndAsync(context, tool);
        return answer;
    }

    private async Task<ToolAnswer> AnswerAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await _answers.Reader.ReadAsync(cancellation);
            await output.WriteLineAsync(answer.Response.GetRawText());
            if (!answer.WillContinue)
                return answer;
        }
    }

    private async Task WriteEndAsync(ToolContext context, Tool tool)
    {
        if (isJson || _invocation is not { } end)
            return;
        var ledger = tool.Policy.Idempotent ? "" : $"; in the ledger as {end.Key} of call {context.CallId}";
        await output.WriteLineAsync($"{end.Outcome} after {end.DurationMs:0} ms, {end.ResultBytes} bytes{(end.Note.Length > 0 ? $" ({end.Note})" : "")}{ledger}");
    }

    private string? Complaint(string args, string? agent)
    {
        if (agent is not null && !service.Agents.Profiles.ContainsKey(agent))
            return $"There is no agent '{agent}'; there are: {string.Join(", ", service.Agents.Profiles.Keys)}.";
        try
        {
            using var document = JsonDocument.Parse(args);
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : "--args is no JSON object; use {} or {\"name\": \"value\"}.";
        }
        catch (JsonException unreadable)
        {
            return $"--args is no JSON: {unreadable.Message}";
        }
    }

    private string DefaultAgent => service.Agents.Default.Length > 0 ? service.Agents.Default : service.Agents.Profiles.Keys.First();

    private bool Has(string agent, string tool)
    {
        using var set = service.RentTools(agent);
        return set.Find(tool) is not null;
    }

    private async Task<int> RefuseAsync(string why)
    {
        await output.WriteLineAsync(why);
        return RunCommand.BadConfiguration;
    }
}
