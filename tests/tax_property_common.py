"""Random taxed documents and what is done to them."""

from dataclasses import dataclass

from hypothesis import strategies as st

TAXES = (
    "none",
    "15",
    "5",
    "0",
    "inc20",
    "group",
    "split",
    "half",
    "rc",
    "fix",
    "eco&15",
    "cash",
    "cash rc",
    "cash&15",
    "both",
)


@dataclass(frozen=True)
class Line:
    units: int
    tax: str
    quantity: int
    discount: float


@dataclass(frozen=True)
class Document:
    kind: str
    currency: str
    lines: tuple
    instalments: bool
    globally: bool
    rounded: bool


@dataclass(frozen=True)
class Step:
    """Something done to the document; ``which`` picks, ``share`` is in percent."""

    kind: str
    which: int
    share: int
    separate: bool
    linked: bool
    later: bool


lines = st.builds(
    Line,
    units=st.one_of(st.integers(1000, 300_000), st.integers(-900, 900).filter(bool)),
    tax=st.sampled_from(TAXES),
    quantity=st.integers(1, 3),
    discount=st.sampled_from((0.0, 0.0, 12.5)),
)
documents = st.builds(
    Document,
    kind=st.sampled_from(("out_invoice", "out_invoice", "out_receipt", "out_refund")),
    currency=st.sampled_from(("USD", "EUR", "JPY", "KWD")),
    lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
    instalments=st.booleans(),
    globally=st.booleans(),
    rounded=st.sampled_from((False, False, True)),
)
steps = st.builds(
    Step,
    kind=st.sampled_from(("WO", "WO", "WO", "PAY", "UNDO", "CREDIT")),
    which=st.integers(0, 5),
    share=st.one_of(st.integers(1, 99), st.just(100)),
    separate=st.sampled_from((True, True, False)),
    linked=st.booleans(),
    later=st.booleans(),
)
# A credit note after which core itself books one cent too many on the transition account.
CENT_TOO_MANY = (
    Document(
        kind="out_invoice",
        currency="KWD",
        lines=(
            Line(1000, "cash rc", 2, 12.5),
            Line(1000, "group", 1, 0.0),
            Line(1000, "both", 2, 12.5),
        ),
        instalments=False,
        globally=False,
        rounded=False,
    ),
    [Step("CREDIT", which=4, share=27, separate=True, linked=True, later=False)],
)
# Credit notes matter most while nothing else has happened; taxes, where all goes back with them.
plays = st.one_of(
    st.lists(steps, min_size=2, max_size=7),
    st.lists(
        st.builds(
            Step,
            kind=st.sampled_from(("CREDIT", "WO", "WO", "UNDO")),
            which=st.integers(0, 5),
            share=st.integers(1, 99),
            separate=st.just(True),
            linked=st.booleans(),
            later=st.booleans(),
        ),
        min_size=2,
        max_size=5,
    ),
)

# A line of three pieces is credited, where one of minus two takes its fixed tax down to one.
OVER_CREDITED = (
    Document(
        kind="out_invoice",
        currency="EUR",
        lines=(
            Line(units=20417, tax="eco&15", quantity=3, discount=0.0),
            Line(units=79, tax="fix", quantity=3, discount=0.0),
            Line(units=291, tax="0", quantity=1, discount=12.5),
            Line(units=-190, tax="fix", quantity=2, discount=0.0),
        ),
        instalments=False,
        globally=False,
        rounded=True,
    ),
    [
        Step(kind="CREDIT", which=1, share=54, separate=True, linked=True, later=True),
        Step(kind="WO", which=2, share=91, separate=True, linked=False, later=False),
    ],
)
# Nothing in its currency, and a cent in the company's.
WORTH_A_CENT = (
    Document(
        kind="out_refund",
        currency="KWD",
        lines=(
            Line(units=-194, tax="half", quantity=1, discount=0.0),
            Line(units=240, tax="none", quantity=3, discount=0.0),
            Line(units=-13, tax="5", quantity=3, discount=0.0),
            Line(units=-194, tax="15", quantity=2, discount=0.0),
        ),
        instalments=False,
        globally=True,
        rounded=False,
    ),
    [Step(kind="WO", which=5, share=27, separate=True, linked=False, later=True)],
)
# Credited as a whole at another rate, which leaves nothing to give up.
CREDITED_LATER = (
    Document(
        kind="out_invoice",
        currency="KWD",
        lines=(Line(units=297, tax="0", quantity=1, discount=0.0),),
        instalments=True,
        globally=True,
        rounded=True,
    ),
    [Step(kind="CREDIT", which=2, share=39, separate=True, linked=True, later=True)],
)
