using System.Reflection;

namespace VoiceAgent.WebConsole;

/// <summary>Serves the console's files, which are part of the program: plain HTML, style sheet and ES modules, made by no tool.</summary>
internal static class PageEndpoints
{
    private const string Prefix = "console/";

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var file = resource[Prefix.Length..];
            var content = Read(assembly, resource);
            var isPage = file == "index.html";
            routes.MapGet(isPage ? "/console" : $"/console/{file}", ConsoleDoor.Open(context =>
            {
                // Relative names in the page start from its folder; routes know no difference.
                if (isPage && context.Request.Path.Value?.EndsWith('/') != true)
                {
                    context.Response.Redirect("console/");
                    return Task.CompletedTask;
                }
                if (isPage)
                    ConsoleDoor.AllowMicrophone(context.Response.Headers);
                context.Response.ContentType = TypeOf(file);
                context.Response.ContentLength = content.Length;
                return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
            }));
        }
    }

    private static ReadOnlyMemory<byte> Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
