"""What the customers of the sample company say: themes, and invented sentences. Nobody real is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

SLOW_EXPORTS = "slow exports"


@dataclass(frozen=True)
class SpokenTheme:
    """A subject of complaint and praise, and the product area it belongs to."""

    name: str
    product_area: str
    complaint_share: float
    praise_share: float
    subjects: tuple[str, ...]
    complaints: tuple[str, ...]
    praise: tuple[str, ...]


THEMES = (
    SpokenTheme(
        SLOW_EXPORTS,
        "Exports",
        0.08,
        0.05,
        ("Export timeout", "Slow export", "Export never finishes", "CSV export hangs"),
        (
            "The export is so slow that we start it before lunch.",
            "Every large export ends in a timeout.",
            "Our monthly export got slow and then stopped with a timeout.",
            "Export to CSV is slow, sometimes ten minutes for one table.",
            "The slow export makes us miss our own deadlines.",
            "We get a timeout on each export over a few thousand rows.",
            "Exports are slow since the last update.",
            "Waiting for an export that ends in a timeout wastes our morning.",
        ),
        (
            "Export to a spreadsheet works in one click.",
            "The export feeds our weekly file without any hassle.",
            "Exports come out clean and complete.",
            "I like that the export keeps our column order.",
        ),
    ),
    SpokenTheme(
        "billing and invoices",
        "Billing",
        0.15,
        0.05,
        ("Wrong invoice", "Billing question", "Charged twice", "Invoice address"),
        (
            "The invoice shows seats that we gave up months ago.",
            "Billing charged us twice and the refund took weeks.",
            "I can't find last year's invoice anywhere.",
            "Our invoice never carries the purchase order number.",
            "The billing page does not say when we are charged next.",
            "Changing the billing address needs three attempts.",
            "Invoices arrive late and finance complains.",
        ),
        (
            "The invoice is clear and always on time.",
            "Billing is simple, one invoice for all teams.",
            "I can download each invoice myself.",
        ),
    ),
    SpokenTheme(
        "sign-in and SSO",
        "Sign-in",
        0.13,
        0.04,
        ("Can't sign in", "SSO loop", "Password reset mail missing", "Sign-in code rejected"),
        (
            "Sign-in through SSO sends us round in a loop.",
            "I have to sign in again every hour.",
            "The password reset mail never arrives.",
            "SSO broke for half our team after the change of domain.",
            "The sign-in code is rejected on the first try.",
            "New colleagues can't sign in before an admin resets their SSO.",
            "We are logged out in the middle of our work.",
        ),
        (
            "SSO was set up in an afternoon.",
            "Sign-in is quick on every device.",
            "The new sign-in with SSO just works.",
        ),
    ),
    SpokenTheme(
        "support replies",
        "Other",
        0.12,
        0.16,
        ("Waiting for a reply", "Ticket closed without an answer", "Follow-up", "Who handles our case?"),
        (
            "Support took a week to reply.",
            "The reply from support was a link to a page I had read.",
            "Our ticket was closed without an answer.",
            "Each reply comes from another person who asks the same questions.",
            "Support is friendly but the reply does not solve anything.",
            "We still wait for a reply to our second ticket.",
        ),
        (
            "Support replied within an hour and solved it.",
            "The support team is patient and knows the product.",
            "Great reply from support, with pictures of each step.",
            "Support called back before we had to ask.",
        ),
    ),
    SpokenTheme(
        "ease of use",
        "Other",
        0.10,
        0.30,
        ("How do I share a space?", "Menu changed", "Can't find a setting", "Too many clicks"),
        (
            "The menus are confusing and change too often.",
            "It takes too many clicks to share a page.",
            "New colleagues find the start page confusing.",
            "I never know in which menu a setting hides.",
            "The layout is cluttered and hard to learn.",
        ),
        (
            "Easy to use from the first day.",
            "The layout is clear and our team learned it quickly.",
            "So easy that nobody asked for training.",
            "Intuitive, simple and pleasant to use.",
            "It is easy to share a page with a colleague.",
        ),
    ),
    SpokenTheme(
        "mobile app",
        "Mobile",
        0.12,
        0.10,
        (
            "App crashes on start",
            "Mobile app loses drafts",
            "No notifications on my phone",
            "App drains battery",
        ),
        (
            "The mobile app crashes when I open a long page.",
            "The app on my phone loses drafts.",
            "Notifications in the mobile app come hours late.",
            "The mobile app drains my battery.",
            "Half of the functions are missing in the mobile app.",
            "On a phone the tables can't be read.",
        ),
        (
            "The mobile app is a joy on the train.",
            "I approve everything on my phone now.",
            "The app is fast and keeps my place.",
        ),
    ),
    SpokenTheme(
        "reporting gaps",
        "Reporting",
        0.13,
        0.15,
        (
            "Filter missing in report",
            "Report shows wrong total",
            "Chart without a legend",
            "Scheduled report is empty",
        ),
        (
            "The report has no filter by team.",
            "Totals in the report do not match the list below.",
            "We miss a report across several spaces.",
            "The report can't show last year beside this one.",
            "A report with more than one chart is impossible to arrange.",
            "We rebuild every report in a spreadsheet because a filter is missing.",
        ),
        (
            "The reports answer what our management asks.",
            "A report takes minutes now, not days.",
            "Charts in the report are clear.",
            "The report by team is exactly what we needed.",
        ),
    ),
    SpokenTheme(
        "price",
        "Billing",
        0.10,
        0.05,
        ("Discount for more seats?", "Price increase", "Downgrade our plan", "Plan comparison"),
        (
            "The price went up again for the same functions.",
            "Too expensive for a small team.",
            "We pay for seats that nobody uses.",
            "A cheaper plan without the extras would keep us.",
            "The price per seat is hard to defend.",
        ),
        (
            "Fair price for what we get.",
            "Good value, cheaper than what we had.",
            "The free plan was enough to convince us.",
        ),
    ),
    SpokenTheme(
        "integrations",
        "Integrations",
        0.07,
        0.10,
        ("Calendar sync stopped", "Webhook fails", "Connect our chat", "API limit reached"),
        (
            "The calendar sync stops without a word.",
            "The connection to our chat breaks every other week.",
            "The API limit is too low for our nightly sync.",
            "Webhooks arrive twice or not at all.",
            "We miss an integration with our ticket system.",
        ),
        (
            "The calendar sync saves us a meeting a week.",
            "Connecting our chat took two minutes.",
            "The API is well documented and stable.",
        ),
    ),
)
THEME_CODES = MappingProxyType({theme.name: code for code, theme in enumerate(THEMES)})
PRODUCT_AREAS = ("Billing", "Sign-in", "Mobile", "Reporting", "Integrations", "Exports", "Other")

OPENINGS = (
    "We use it every day across two teams.",
    "Third year with you.",
    "I joined a month ago.",
    "Our whole department works with it.",
    "I run a small studio.",
    "We moved here from another tool.",
)
UNHAPPY_ENDINGS = (
    "Please look into it.",
    "This should not be so hard.",
    "We are looking at alternatives.",
    "It used to be better.",
)
HAPPY_ENDINGS = ("Keep it up.", "Thank you.", "Would recommend to a colleague.", "We are happy to stay.")
