using System.Net;
using System.Net.Http.Headers;

namespace Tools.Http;

/// <summary>A request's body that remembers whether it began to leave: before that the server has done nothing for certain.</summary>
internal sealed class MarkedContent : HttpContent
{
    private readonly byte[] _body;

    public MarkedContent(byte[] body)
    {
        _body = body;
        if (body.Length > 0)
            Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
    }

    /// <summary>Whether it was, or may have been, sent.</summary>
    public bool IsSent { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsSent = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
