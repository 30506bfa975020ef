using System.Diagnostics.CodeAnalysis;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transactions;

/// <summary>The open transactions, found by key, and by the identity that shows a merged request.</summary>
/// <remarks>Owned by the signalling loop; bounded by its user.</remarks>
internal sealed class TransactionTables
{
    private readonly Dictionary<TransactionKey, ServerTransaction> _servers = [];
    private readonly Dictionary<TransactionKey, ClientTransaction> _clients = [];
    private readonly Dictionary<string, ServerTransaction> _outOfDialog = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Transactions open; readable from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool TryFind(TransactionKey key, [NotNullWhen(true)] out ServerTransaction? transaction) => _servers.TryGetValue(key, out transaction);

    public bool TryFindClient(TransactionKey key, [NotNullWhen(true)] out ClientTransaction? transaction) => _clients.TryGetValue(key, out transaction);

    /// <summary>Whether the same request already came another way and is still being served (RFC 3261 section 8.2.2.2).</summary>
    public bool IsMerged(ServerTransaction transaction) =>
        Identity(transaction) is { } identity && _outOfDialog.TryGetValue(identity, out var first) && first != transaction;

    /// <summary>Requests of a call that have no final response yet.</summary>
    public IReadOnlyList<ServerTransaction> Unanswered(string sipCallId) =>
        _servers.Values.Where(transaction => !transaction.IsAnswered && transaction.Request.CallId == sipCallId).ToList();

    public void Add(ServerTransaction transaction)
    {
        _servers.Add(transaction.Key, transaction);
        if (Identity(transaction) is { } identity)
            _outOfDialog.TryAdd(identity, transaction);
        Volatile.Write(ref _count, _servers.Count + _clients.Count);
    }

    public void Add(ClientTransaction transaction)
    {
        _clients.Add(transaction.Key, transaction);
        Volatile.Write(ref _count, _servers.Count + _clients.Count);
    }

    public void Remove(ServerTransaction transaction)
    {
        _servers.Remove(transaction.Key);
        if (Identity(transaction) is { } identity && _outOfDialog.GetValueOrDefault(identity) == transaction)
            _outOfDialog.Remove(identity);
        Volatile.Write(ref _count, _servers.Count + _clients.Count);
    }

    public void Remove(ClientTransaction transaction)
    {
        _clients.Remove(transaction.Key);
        Volatile.Write(ref _count, _servers.Count + _clients.Count);
    }

    /// <summary>Only requests without a To tag can be merged; a CANCEL follows its INVITE on every branch.</summary>
    private static string? Identity(ServerTransaction transaction)
    {
        var request = transaction.Request;
        return request.To.Tag is null && request.Method != SipMethods.Cancel ? $"{request.CallId} {request.From.Tag} {request.CSeq}" : null;
    }
}
