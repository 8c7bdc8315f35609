"""Parameters of an address that say where a reader came from, and never which page it is.

Only names that nothing else is called by: a parameter that is dropped by mistake makes one page of two. So ``ref``,
``source`` and ``from`` stay: sites choose pages by them.
"""

_BEGINNINGS = ("utm_", "mtm_", "pk_", "hsa_", "at_custom", "at_campaign", "at_medium", "oly_", "vero_")
"""Of names: Google Analytics, Matomo and Piwik, HubSpot's advertisements, AT Internet, Omeda, Vero.
https://support.google.com/analytics/answer/10917952, https://matomo.org/faq/reports/what-is-campaign-tracking/
"""

_NAMES = frozenset(
    # click identifiers of advertising and social networks
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid yclid ysclid twclid ttclid li_fat_id "
    "igsh igshid epik rdt_cid scclid sc_cid irclickid wickedid _openstat s_kwcid ef_id zanpid srsltid qclid "
    "fb_action_ids fb_action_types fb_source fb_ref action_object_map action_type_map action_ref_map "
    # newsletters and marketing
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking ml_subscriber ml_subscriber_hash "
    "ck_subscriber_id bbeml dm_i elqtrack elqtrackid sb_referer_host sailthru_id s_cid cmpid ncid "
    # analytics of visits and of readers who pass a page on
    "_ga _gl _ke ref_src ref_url guccounter guce_referrer guce_referrer_sig cvosrc wt_mc wt_zmc xtor "
    "__twitter_impression __s smid smtyp "
    # sessions
    "phpsessid jsessionid".split()
)
"""Lower case. The common ground of what browsers drop:
https://github.com/brave/brave-core/blob/master/components/query_filter/utils.cc
https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/query-stripping/records
https://gitlab.com/ClearURLs/rules
"""


def is_tracking(name: str) -> bool:
    """Tell whether a parameter of that name says nothing of the page."""
    lower = name.lower()
    return lower in _NAMES or lower.startswith(_BEGINNINGS)
