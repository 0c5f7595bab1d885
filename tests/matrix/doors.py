"""Side doors: parameters of an address that name an object, for pages whose own address names none."""

from tests.authorization import TOWN_OVERSEERS, Row

DOORS: dict[tuple[str, str], Row] = {
    ("GET", "/overview?unit="): Row("/overview?unit={office}", TOWN_OVERSEERS | {"county_keeper"}),
    # only an office has a division of work: a department answers as if it did not exist
    ("GET", "/organization/portfolio?unit="): Row("/organization/portfolio?unit={unit_code}", frozenset()),
}
