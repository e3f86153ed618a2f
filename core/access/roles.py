"""What a key may do."""

from enum import StrEnum


class Role(StrEnum):
    """Each may do what the ones before it may: viewers read, operators edit and run jobs, admins do everything."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Whether this role is enough where ``needed`` is asked for."""
        return _RANK[self] >= _RANK[needed]


_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}
