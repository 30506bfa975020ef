namespace Storage;

/// <summary>One step of a schema, applied once to a database and never changed afterwards.</summary>
/// <param name="Version">Counts from 1, without gaps.</param>
/// <param name="Name">A few words for a reader of table <c>schema_migrations</c>.</param>
/// <param name="Sql">Statements that SQLite and PostgreSQL both take.</param>
public sealed record Migration(int Version, string Name, string Sql);
