"""What the routes of accounts answer to whom."""

from tests.authorization import ADMINISTRATORS, ANYBODY, PERSONS, Row
from tests.office import PASSWORD

NEW_PASSWORD = "Chabei-7492-liuyun"
SYSTEM, SECURITY = frozenset({"system_admin"}), frozenset({"security_admin"})
AUDIT = frozenset({"audit_admin"})
EVERYBODY = ANYBODY | ADMINISTRATORS
ONCE = (("once", "abcdefghijklmnopqrstuv"),)

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/"): Row("/", ANYBODY, answer=302, plain_page=ADMINISTRATORS),
    ("GET", "/login"): Row("/login", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/login"): Row("/login", PERSONS | ADMINISTRATORS, answer=422, public=True),
    ("POST", "/logout"): Row("/logout", ANYBODY | ADMINISTRATORS, answer=302),
    ("GET", "/first-password"): Row("/first-password", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/first-password"): Row(
        "/first-password", PERSONS | ADMINISTRATORS, answer=422, public=True, fields=(("secret", "X"),)
    ),
    ("GET", "/forgot-password"): Row("/forgot-password", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/forgot-password"): Row(
        "/forgot-password", PERSONS | ADMINISTRATORS, answer=422, public=True, fields=(("username", "X"),)
    ),
    # the audit administrator
    ("GET", "/audit"): Row("/audit?act=account&unit=QS&outcome=done", AUDIT),
    ("GET", "/audit/<int:row_id>"): Row("/audit/{audit_row}", AUDIT),
    ("GET", "/audit/trail.<any(csv, xlsx):ending>"): Row("/audit/trail.csv?q=clerk", AUDIT),
    # everybody's own account
    ("GET", "/account"): Row("/account", EVERYBODY),
    ("GET", "/account/password"): Row("/account/password", EVERYBODY),
    ("POST", "/account/password"): Row(
        "/account/password",
        EVERYBODY,
        answer=302,
        fields=(("current", PASSWORD), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)),
    ),
    ("POST", "/account/sessions/<int:row_id>/end"): Row(
        "/account/sessions/{session_of_clerk}/end", frozenset({"clerk"}), answer=302
    ),
    ("POST", "/account/sessions/end-others"): Row("/account/sessions/end-others", EVERYBODY, answer=302),
    ("POST", "/account/mail-reset"): Row("/account/mail-reset", EVERYBODY, answer=302),
    ("GET", "/account/totp"): Row("/account/totp", EVERYBODY),
    **{
        ("POST", f"/account/totp{end}"): Row(f"/account/totp{end}", EVERYBODY, answer=422)
        for end in ("", "/confirm", "/codes", "/off")
    },
    ("GET", "/login/code"): Row("/login/code", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/login/code"): Row("/login/code", PERSONS | ADMINISTRATORS, answer=302, public=True),
    # the system and the security administrator
    ("GET", "/admin/accounts"): Row("/admin/accounts", SYSTEM | SECURITY),
    ("GET", "/admin/idle"): Row("/admin/idle", SYSTEM | SECURITY),
    ("GET", "/admin/accounts/<int:account_id>"): Row("/admin/accounts/{account}", SYSTEM | SECURITY),
    ("GET", "/admin/accounts/new"): Row("/admin/accounts/new?q=许", SYSTEM),
    ("POST", "/admin/accounts/new"): Row(
        "/admin/accounts/new",
        SYSTEM,
        fields=(*ONCE, ("kind", "person"), ("person", "{person_without_account}")),
    ),
    ("GET", "/admin/accounts/office"): Row("/admin/accounts/office", SYSTEM),
    ("POST", "/admin/accounts/office"): Row(
        "/admin/accounts/office",
        SYSTEM,
        fields=(*ONCE, ("unit", "QS"), ("person", "{person_without_account}")),
    ),
    ("POST", "/admin/accounts/<int:account_id>/disable"): Row(
        "/admin/accounts/{account}/disable", SYSTEM, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/enable"): Row(
        "/admin/accounts/{former_admin}/enable", SYSTEM, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/end-sessions"): Row(
        "/admin/accounts/{account}/end-sessions", SYSTEM, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/totp-off"): Row(
        "/admin/accounts/{account_with_totp}/totp-off", SYSTEM, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/release"): Row(
        "/admin/accounts/{former_admin}/release", SYSTEM, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/secret"): Row(
        "/admin/accounts/{account}/secret", SYSTEM, fields=ONCE
    ),
    ("POST", "/admin/accounts/<int:account_id>/grant"): Row(
        "/admin/accounts/{waiting_account}/grant", SECURITY, answer=302
    ),
    ("POST", "/admin/accounts/<int:account_id>/revoke"): Row(
        "/admin/accounts/{account}/revoke", SECURITY, answer=302
    ),
    ("POST", "/admin/grants"): Row(
        "/admin/grants", SECURITY, answer=302, fields=(("account", "{waiting_account}"),)
    ),
    ("GET", "/admin/security"): Row("/admin/security", SECURITY),
    ("POST", "/admin/security"): Row(
        "/admin/security",
        SECURITY,
        answer=302,
        fields=(("idle_minutes", "20"), ("admin_networks", ""), ("profile", "dengbao")),
    ),
    ("POST", "/admin/security/small-office"): Row(
        "/admin/security/small-office", SECURITY, answer=302, fields=(("unit", "BL"), ("reason", "编制少"))
    ),
    ("POST", "/admin/security/small-office/<int:row_id>/end"): Row(
        "/admin/security/small-office/{audit_left}/end", SECURITY, answer=302
    ),
}
