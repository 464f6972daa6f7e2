"""What of PostgreSQL's catalogs no query reads, and why: whole catalogs, and columns of the others."""

from __future__ import annotations

CLUSTER = "belongs to the whole cluster, not to a database"
DATA = "data, or what is counted of it"
EXTENSION = "the extension's own business: its version is the fact"
FOLLOWS = "follows from other columns"
INHERITED = "whether a child keeps it when its parent drops it: ATTACH and PARTITION OF differ in it, nothing else does"
PHYSICAL = "how it lies on the disk, or how far the server has got with it"
PRINTED = "printed by the function that the query calls"
SECRET = "a secret: it must not be in a report, and most roles may not read it"

CATALOGS = {
    "pg_auth_members": CLUSTER,
    "pg_authid": CLUSTER,
    "pg_database": CLUSTER,
    "pg_db_role_setting": "made by whoever runs the server; a copy or a dump of the database does not get it",
    "pg_init_privs": EXTENSION,
    "pg_largeobject": DATA,
    "pg_largeobject_metadata": DATA,
    "pg_parameter_acl": CLUSTER,
    "pg_replication_origin": CLUSTER,
    "pg_shdepend": CLUSTER,
    "pg_shdescription": CLUSTER,
    "pg_statistic": DATA,
    "pg_statistic_ext_data": DATA,
    "pg_subscription_rel": PHYSICAL,
    "pg_tablespace": CLUSTER,
}
COLUMNS = {
    "pg_amop": {
        "amoplefttype": PRINTED,
        "amopmethod": FOLLOWS,
        "amoppurpose": "with the family to order by",
        "amoprighttype": PRINTED,
    },
    "pg_attribute": {
        "attalign": FOLLOWS,
        "attbyval": FOLLOWS,
        "attcacheoff": PHYSICAL,
        "atthasmissing": PHYSICAL,
        "attislocal": INHERITED,
        "attlen": FOLLOWS,
        "attmissingval": PHYSICAL,
        "attndims": "the server takes int[] and int[][] for the same",
    },
    "pg_cast": {"castsource": PRINTED, "casttarget": PRINTED},
    "pg_class": {
        "relallfrozen": DATA,
        "relallvisible": DATA,
        "relchecks": FOLLOWS,
        "relfilenode": PHYSICAL,
        "relfrozenxid": PHYSICAL,
        "relhasrules": FOLLOWS,
        "relhassubclass": FOLLOWS,
        "relispopulated": DATA,
        "relisshared": "true of the server's own only",
        "relminmxid": PHYSICAL,
        "relnatts": FOLLOWS,
        "relpages": DATA,
        "relrewrite": PHYSICAL,
        "reltuples": DATA,
    },
    "pg_collation": {"collencoding": "that of the database", "collversion": "that of the server's libraries"},
    "pg_constraint": {
        "conexclop": PRINTED,
        "conffeqop": FOLLOWS,
        "conislocal": INHERITED,
        "conpfeqop": FOLLOWS,
        "conppeqop": FOLLOWS,
    },
    "pg_extension": {
        "extcondition": EXTENSION,
        "extconfig": EXTENSION,
        "extowner": "who called CREATE EXTENSION: no statement changes it",
        "extrelocatable": EXTENSION,
    },
    "pg_index": {
        "indcheckxmin": PHYSICAL,
        "indimmediate": "a constraint's deferrable",
        "indisexclusion": "a constraint's type",
        "indislive": PHYSICAL,
        "indisprimary": "a constraint's type",
        "indisready": PHYSICAL,
    },
    "pg_operator": {
        "oprkind": PRINTED,
        "oprleft": PRINTED,
        "oprname": PRINTED,
        "oprresult": "what its function returns",
        "oprright": PRINTED,
    },
    "pg_partitioned_table": dict.fromkeys(
        (
            *("partattrs", "partclass", "partcollation", "partdefid", "partexprs", "partnatts", "partrelid"),
            "partstrat",
        ),
        PRINTED,
    ),
    "pg_proc": dict.fromkeys(
        (
            *("proallargtypes", "proargdefaults", "proargmodes", "proargnames", "pronargdefaults", "pronargs"),
            *("proretset", "prosqlbody", "provariadic"),
        ),
        PRINTED,
    ),
    "pg_rewrite": dict.fromkeys(("ev_action", "ev_qual", "ev_type", "is_instead"), PRINTED),
    "pg_statistic_ext": {"stxexprs": PRINTED},
    "pg_subscription": {"subconninfo": SECRET, "subskiplsn": PHYSICAL},
    "pg_trigger": dict.fromkeys(
        (
            *("tgargs", "tgattr", "tgconstrindid", "tgconstrrelid", "tgdeferrable", "tginitdeferred", "tgnargs"),
            *("tgnewtable", "tgoldtable", "tgqual", "tgtype"),
        ),
        PRINTED,
    ),
    "pg_type": {
        "typndims": "the server takes int[] and int[][] for the same",
        "typrelid": FOLLOWS,
    },
    "pg_user_mapping": {"umoptions": SECRET, "umserver": PRINTED},
}
# Gone from the catalogs, or not there yet, in some major version
NOT_EVERYWHERE = {"pg_attribute.attcacheoff", "pg_class.relallfrozen"}
