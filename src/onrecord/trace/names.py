from typing import Literal
def fold_name(name: str) -> tuple[str, ...]:
    return tuple(name.lower().split())
def compare_names(a: str, b: str, *, person: bool) -> Literal["same", "part", "different"]:
    x, y = fold_name(a), fold_name(b)
    if x == y: return "same"
    return "part" if x and y and (x[-len(y):] == y or y[-len(x):] == x) else "different"
