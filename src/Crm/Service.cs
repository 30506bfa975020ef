using System.Data.Common;
using Storage;

namespace Crm;

/// <summary>Something that a customer can make an appointment for.</summary>
internal sealed record Service(string Id, string Name, int Minutes, long PriceMinor, string Currency)
{
    /// <summary>All there are.</summary>
    public static Task<List<Service>> AllAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        "SELECT id, name, minutes, price_minor, currency FROM crm_services ORDER BY name, id").ListAsync(
        row => new Service(row.GetString(0), row.GetString(1), (int)row.GetInt64(2), row.GetInt64(3), row.GetString(4)), cancellation);

    /// <summary>The one that somebody means: by id, by name, or by the only name that has all of the words.</summary>
    public static Service? Find(IReadOnlyList<Service> services, string said)
    {
        var words = PersonName.Words(said);
        bool IsExact(Service service) => service.Id.Equals(said.Trim(), StringComparison.OrdinalIgnoreCase) || PersonName.Words(service.Name).SequenceEqual(words, StringComparer.Ordinal);
        bool HasWords(Service service) => words.Count > 0 && words.All(word => PersonName.Words(service.Name).Contains(word, StringComparer.Ordinal));
        return services.FirstOrDefault(IsExact) ?? (services.Count(HasWords) == 1 ? services.Single(HasWords) : null);
    }
}
