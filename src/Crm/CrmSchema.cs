using Storage;

namespace Crm;

/// <summary>The CRM's tables: moments are UTC text (<see cref="DatabaseText"/>), days are <c>yyyy-MM-dd</c>, amounts are whole cents or the like.</summary>
/// <remarks>A shop fills some of them itself, so they refuse what a tool could not read.</remarks>
internal static class CrmSchema
{
    public const string Component = "crm";

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "contacts, orders, calendar, call summaries", Contacts + Orders + Calendar + Summaries),
    ];

    private const string Contacts = """
        CREATE TABLE crm_contacts (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            email TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT '',
            created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'));
        CREATE TABLE crm_numbers (
            number TEXT NOT NULL CHECK (number = LOWER(number) AND number NOT LIKE '% %'),
            contact_id TEXT NOT NULL REFERENCES crm_contacts (id) ON DELETE CASCADE,
            label TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (number, contact_id));
        CREATE INDEX crm_numbers_contact ON crm_numbers (contact_id);

        """;

    // The index finds a number without its hyphens and spaces, which callers do not say.
    private const string Orders = """
        CREATE TABLE crm_orders (
            number TEXT PRIMARY KEY,
            contact_id TEXT NOT NULL REFERENCES crm_contacts (id),
            kind TEXT NOT NULL DEFAULT 'order',
            title TEXT NOT NULL,
            status TEXT NOT NULL,
            is_open BIGINT NOT NULL DEFAULT 1,
            total_minor BIGINT NOT NULL DEFAULT 0,
            currency TEXT NOT NULL DEFAULT 'EUR',
            expected_on TEXT CHECK (expected_on LIKE '____-__-__'),
            created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
            updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'));
        CREATE INDEX crm_orders_spoken ON crm_orders (UPPER(REPLACE(REPLACE(REPLACE(number, '-', ''), '/', ''), ' ', '')));
        CREATE INDEX crm_orders_contact ON crm_orders (contact_id);
        CREATE TABLE crm_order_events (
            order_number TEXT NOT NULL REFERENCES crm_orders (number) ON DELETE CASCADE,
            step BIGINT NOT NULL,
            at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z'),
            status TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (order_number, step));

        """;

    // crm_taken holds each five minutes of a resource that an appointment takes: its key makes a double booking impossible, whoever writes.
    // crm_calendar is one row, which a booking changes first: so bookings take turns, and the second of two sees what the first has taken.
    private const string Calendar = """
        CREATE TABLE crm_services (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            minutes BIGINT NOT NULL CHECK (minutes > 0 AND minutes % 5 = 0),
            price_minor BIGINT NOT NULL DEFAULT 0,
            currency TEXT NOT NULL DEFAULT 'EUR');
        CREATE TABLE crm_resources (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL);
        CREATE TABLE crm_resource_services (
            resource_id TEXT NOT NULL REFERENCES crm_resources (id) ON DELETE CASCADE,
            service_id TEXT NOT NULL REFERENCES crm_services (id) ON DELETE CASCADE,
            PRIMARY KEY (resource_id, service_id));
        CREATE TABLE crm_opening_hours (
            resource_id TEXT NOT NULL REFERENCES crm_resources (id) ON DELETE CASCADE,
            weekday BIGINT NOT NULL CHECK (weekday BETWEEN 0 AND 6),
            opens_minute BIGINT NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
            closes_minute BIGINT NOT NULL CHECK (closes_minute BETWEEN 1 AND 1440),
            CHECK (opens_minute < closes_minute),
            PRIMARY KEY (resource_id, weekday, opens_minute));
        CREATE TABLE crm_closed_days (
            day TEXT PRIMARY KEY CHECK (day LIKE '____-__-__'),
            reason TEXT NOT NULL DEFAULT '');
        CREATE TABLE crm_appointments (
            id TEXT PRIMARY KEY,
            idempotency_key TEXT NOT NULL UNIQUE,
            contact_id TEXT REFERENCES crm_contacts (id),
            name TEXT NOT NULL,
            number TEXT NOT NULL,
            service_id TEXT NOT NULL REFERENCES crm_services (id),
            resource_id TEXT NOT NULL REFERENCES crm_resources (id),
            starts_at TEXT NOT NULL,
            ends_at TEXT NOT NULL,
            status TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            call_id TEXT NOT NULL,
            created_at TEXT NOT NULL,
            cancelled_at TEXT);
        CREATE INDEX crm_appointments_number ON crm_appointments (number);
        CREATE INDEX crm_appointments_start ON crm_appointments (starts_at);
        CREATE TABLE crm_taken (
            resource_id TEXT NOT NULL REFERENCES crm_resources (id),
            unit BIGINT NOT NULL,
            appointment_id TEXT NOT NULL REFERENCES crm_appointments (id) ON DELETE CASCADE,
            PRIMARY KEY (resource_id, unit));
        CREATE INDEX crm_taken_appointment ON crm_taken (appointment_id);
        CREATE TABLE crm_calendar (
            id BIGINT PRIMARY KEY,
            bookings BIGINT NOT NULL);
        INSERT INTO crm_calendar (id, bookings) VALUES (1, 0);

        """;

    private const string Summaries = """
        CREATE TABLE crm_call_summaries (
            idempotency_key TEXT PRIMARY KEY,
            call_id TEXT NOT NULL,
            agent TEXT NOT NULL,
            contact_id TEXT REFERENCES crm_contacts (id),
            number TEXT NOT NULL,
            summary TEXT NOT NULL,
            follow_up TEXT NOT NULL,
            created_at TEXT NOT NULL);
        CREATE INDEX crm_call_summaries_time ON crm_call_summaries (created_at);
        """;
}
