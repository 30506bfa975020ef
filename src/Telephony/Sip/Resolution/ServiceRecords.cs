namespace Telephony.Sip.Resolution;

/// <summary>SRV and NAPTR records in the order in which they are to be used.</summary>
internal static class ServiceRecords
{
    /// <summary>Rising priority; among equals by lot, each with the chance that its weight gives it (RFC 2782).</summary>
    public static IReadOnlyList<SrvRecord> InOrder(IEnumerable<SrvRecord> records, Random random)
    {
        List<SrvRecord> ordered = [];
        foreach (var priority in records.GroupBy(record => record.Priority).OrderBy(group => group.Key))
        {
            // Those without weight stand first, which gives them a small chance beside the others.
            var left = priority.OrderBy(record => record.Weight > 0).ToList();
            while (left.Count > 0)
            {
                var lot = random.Next(left.Sum(record => record.Weight) + 1);
                var drawn = left.First(record => (lot -= record.Weight) <= 0);
                left.Remove(drawn);
                ordered.Add(drawn);
            }
        }
        return ordered;
    }

    /// <summary>Rising order, then rising preference; only those that name SRV records.</summary>
    public static IEnumerable<NaptrRecord> InOrder(IEnumerable<NaptrRecord> records) => records
        .Where(record => record.Flags.Equals("s", StringComparison.OrdinalIgnoreCase) && record.Replacement.Length > 0)
        .OrderBy(record => record.Order).ThenBy(record => record.Preference);
}
