"""How often decisions are right: by field the base, the slope, and what each value adds.

Written by tools/fit_weights.py from 599 labelled posts of 2024-01-05 to 2026-05-29, each read by weights that
were fitted without it; do not edit.
"""

# fmt: off
# ruff: noqa: E501

CALIBRATED: dict[str, tuple[float, float, dict[str, float]]] = {
    "rollouts": (0.83, 0.54, {"none": 0.09, "one": 0.38, "several": -0.49}),
    "status": (2.54, 0.65, {"cancelled": -0.22, "no_schedule": -0.21, "on_hold": -0.12, "scheduled": 0.54, "superseded": 0.01, "withdrawn": 0.02}),
    "act_by": (1.27, 0.72, {"demanded": 0.17, "none": 1.11, "planned": -1.27}),
    "kind": (0.07, 0.88, {"feature_change": -0.09, "info": 0.35, "maintenance": 0.17, "new_feature": -0.12, "retirement": 0.15, "security": -0.45}),
    "admin_impact": (0.02, 1.14, {"high": 0.15, "low": -0.13, "medium": -0.03}),
    "user_impact": (-0.14, 1.14, {"high": -0.65, "low": 1.15, "medium": -0.49}),
    "default": (0.23, 0.89, {"n/a": 0.36, "off": -0.37, "on": -0.28, "removed": 0.31}),
    "action": (0.07, 1.11, {"none": -0.1, "optional": -0.02, "required": 0.14}),
    "crb": (0.42, 0.91, {"False": 0.03, "True": -0.03}),
    "training": (0.35, 1.13, {"False": 0.82, "True": -0.82}),
}
