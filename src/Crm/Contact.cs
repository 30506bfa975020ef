using System.Data.Common;
using Storage;

namespace Crm;

/// <summary>A customer.</summary>
internal sealed record Contact(string Id, string Name, string Email, string Note)
{
    /// <summary>Those who share a number, in the order of their names.</summary>
    public static Task<List<Contact>> OfNumberAsync(DbConnection connection, string number, CancellationToken cancellation) => connection.Command(
        """
        SELECT c.id, c.name, c.email, c.note FROM crm_contacts c JOIN crm_numbers n ON n.contact_id = c.id
        WHERE n.number = @number ORDER BY c.name, c.id
        """,
        ("number", number)).ListAsync(row => new Contact(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellation);
}
