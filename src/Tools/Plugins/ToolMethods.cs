using System.Reflection;
using System.Text.Json;

namespace Tools.Plugins;

/// <summary>Makes tools of ordinary .NET methods: the parameters become the JSON schema, <c>[Description]</c> tells the model what they mean.</summary>
/// <remarks>
/// Parameters of type <see cref="ToolContext"/>, <see cref="IProgress{T}"/> of object, <see cref="TimeProvider"/> and <see cref="CancellationToken"/> come from the
/// run and are hidden from the model. What a method returns is handed on as it is, a <see cref="ToolResult"/> included; who runs the tool writes it as JSON.
/// </remarks>
public static class ToolMethods
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
    private static readonly PluginJson Json = new(AIJsonUtilities.DefaultOptions);

    /// <summary>A tool for each public method with <see cref="ToolAttribute"/>, in the order in which they are written.</summary>
    /// <param name="target">The object that they are called on, by many calls at the same time.</param>
    /// <exception cref="ToolSourceException">There is none, or one cannot be a tool.</exception>
    public static IReadOnlyList<Tool> Of(object target)
    {
        var type = target.GetType();
        var methods = type.GetMethods(Public)
            .Select(method => (Method: method, Tool: method.GetCustomAttribute<ToolAttribute>()))
            .Where(found => found.Tool is not null)
            .OrderBy(found => found.Method.MetadataToken)
            .ToList();
        return methods.Count > 0
            ? [.. methods.Select(found => Create(found.Method, target, found.Tool!))]
            : throw new ToolSourceException($"{type.FullName} has no public method with [Tool].");
    }

    /// <summary>A tool that calls a delegate.</summary>
    /// <param name="method">A method, or a lambda with a <paramref name="name"/>.</param>
    /// <param name="name">Name for the model; null makes one of the method's.</param>
    /// <param name="description">What the model is told; null takes the method's <c>[Description]</c>.</param>
    /// <param name="policy">The rules; null for those of its <see cref="ToolAttribute"/>, or the defaults.</param>
    /// <exception cref="ToolSourceException">It cannot be a tool.</exception>
    public static Tool From(Delegate method, string? name = null, string? description = null, ToolPolicy? policy = null)
    {
        var tool = method.Method.GetCustomAttribute<ToolAttribute>() ?? new ToolAttribute();
        return Create(method.Method, method.Target, tool, name, description) with { Policy = policy ?? tool.Policy };
    }

    private static Tool Create(MethodInfo method, object? target, ToolAttribute tool, string? name = null, string? description = null)
    {
        try
        {
            var function = AIFunctionFactory.Create(method, method.IsStatic ? null : target, new AIFunctionFactoryOptions
            {
                Name = name ?? (tool.Name.Length > 0 ? tool.Name : NameOf(method)),
                Description = description ?? (tool.Description.Length > 0 ? tool.Description : null),
                SerializerOptions = Json.For(method.DeclaringType!),
                ConfigureParameterBinding = Bind,
                MarshalResult = (result, _, _) => ValueTask.FromResult(result),
                ExcludeResultSchema = true,
            });
            return new Tool(function, tool.Policy) { Compensate = Undo(method, target, tool.Undo) };
        }
        catch (Exception unfit) when (unfit is ArgumentException or NotSupportedException or InvalidOperationException or OverflowException)
        {
            throw new ToolSourceException($"{method.DeclaringType?.FullName}.{method.Name} cannot be a tool: {unfit.Message}", unfit);
        }
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(ToolContext))
            return Hidden(context => context);
        if (type == typeof(TimeProvider))
            return Hidden(context => context.Time);
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IProgress<>) && type.IsAssignableFrom(typeof(IProgress<object>))
            ? Hidden(context => context.Progress)
            : default;
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Hidden(Func<ToolContext, object> value) => new()
    {
        ExcludeFromSchema = true,
        BindParameter = (parameter, arguments) => value(ToolContext.Of(arguments)
            ?? throw new InvalidOperationException($"'{parameter.Name}' comes from the call's ToolContext, and the function was called without one.")),
    };

    private static Compensation? Undo(MethodInfo method, object? target, string name)
    {
        if (name.Length == 0)
            return null;
        var undo = method.DeclaringType!.GetMethod(name, Public | BindingFlags.NonPublic,
            [typeof(ToolContext), typeof(JsonElement), typeof(JsonElement?), typeof(CancellationToken)]);
        return undo is not null && undo.ReturnType == typeof(ValueTask<string>)
            ? undo.CreateDelegate<Compensation>(undo.IsStatic ? null : target)
            : throw new ArgumentException($"Undo = \"{name}\" is no method ValueTask<string> {name}(ToolContext, JsonElement arguments, JsonElement? result, CancellationToken).");
    }

    private static string NameOf(MethodInfo method)
    {
        var name = method.Name;
        return JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name);
    }
}
