"""What order exports call their columns, in seven languages: words without case, accents, marks and unit."""

_WORDS = {
    "order_id": (
        "order id, order no, order number, order nr, sales order, order ref, order reference, order, "
        "auftragsnummer, auftragsnr, auftrags nr, auftrag nr, auftrag, bestellnummer, bestellnr, bestell nr, "
        "bestellung, numero de commande, numero commande, no commande, n commande, commande, numero de pedido, "
        "numero pedido, n pedido, no pedido, pedido, numero ordine, n ordine, no ordine, ordine, 订单号, 订单编号, "
        "订单id, numero do pedido, numero da encomenda, encomenda, n o da encomenda, n o do pedido, "
        "no da encomenda, no do pedido, n o pedido, n o de pedido, no de pedido, "
        "amazon order id, delivery no, delivery number, liefernummer, lieferschein, lieferscheinnummer, lieferung"
    ),
    "line_id": (
        "line id, line no, line number, order line, line, position, positionsnummer, positionsnr, pos nr, posnr, "
        "pos, numero de ligne, no ligne, ligne, numero de linea, linea, numero riga, riga, 行号, numero da linha, "
        "linha, order item id, line item id"
    ),
    "quantity": (
        "quantity, qty, order quantity, order qty, pieces, pcs, units, menge, anzahl, stuckzahl, stueckzahl, "
        "bestellmenge, quantite, qte, cantidad, cant, quantita, qta, 数量, quantidade, qtd, qtde, "
        "quantity purchased, quantity ordered, quantity shipped, liefermenge"
    ),
    "length_mm": "length, len, l, lange, laenge, longueur, longitud, largo, lunghezza, 长度, 长, comprimento",
    "width_mm": "width, breadth, w, b, breite, largeur, ancho, anchura, larghezza, 宽度, 宽, largura",
    "height_mm": "height, h, hohe, hoehe, hauteur, alto, altura, altezza, 高度, 高",
    "mass_g": (
        "unit weight, weight per unit, mass, gross weight, weight, stuckgewicht, stueckgewicht, einzelgewicht, "
        "bruttogewicht, gewicht, poids unitaire, poids brut, poids, peso unitario, peso bruto, peso lordo, peso, "
        "单重, 毛重, 重量, variant grams"
    ),
    "sku": (
        "sku, sku no, stock keeping unit, item no, item number, item id, item code, article no, article number, "
        "product id, product no, product code, part number, part no, artikelnummer, artikelnr, artikel nr, artikel no, "
        "reference article, code article, reference, codigo de articulo, codigo articulo, referencia, "
        "codice articolo, codice, 商品编号, 商品编码, 货号, codigo do produto, codigo, article, artikel, articulo, "
        "articolo, item, product, material no, material number, "
        "materialnummer, materialnr"
    ),
    "description": (
        "description, item name, product name, item description, name, title, bezeichnung, artikelbezeichnung, "
        "beschreibung, designation, libelle, descripcion, nombre, descrizione, 商品名称, 品名, 名称, descricao, "
        "nome"
    ),
    "barcode": (
        "barcode, bar code, gtin, ean, ean code, ean13, ean 13, upc, upc code, strichcode, code barres, code a barres, "
        "codigo de barras, codice a barre, 条码, 条形码, 商品条码"
    ),
    "fragility_class": (
        "fragility class, fragility, bruchklasse, classe de fragilite, clase de fragilidad, classe di fragilita, "
        "易碎等级, classe de fragilidade"
    ),
    "g_level": "g level, g value, g wert, niveau g, nivel g, livello g",
    "article": "packing article, article kind",
    "length_unit": (
        "length unit, length uom, length unit of measure, unit of length, size unit, size uom, dimension unit, "
        "dimensions unit, dimension uom, dimensions uom, dim unit, dim uom, unit of dimension, unit of dimensions, "
        "dimension unit of measure, dimensions unit of measure, "
        "langeneinheit, laengeneinheit, einheit lange, einheit laenge, einheit abmessung, einheit abmessungen, "
        "abmessungseinheit, unite de longueur, unite des dimensions, unite dimensions, unidad de longitud, "
        "unidad de dimensiones, unita di lunghezza, unita dimensioni, unidade de comprimento, 尺寸单位, 长度单位"
    ),
    "width_unit": "width unit, width uom, width unit of measure, unit of width, einheit breite",
    "height_unit": (
        "height unit, height uom, height unit of measure, unit of height, einheit hohe, depth unit, depth uom, "
        "depth unit of measure, einheit hoehe"
    ),
    "mass_unit": (
        "weight unit, weight uom, weight unit of measure, unit of weight, mass unit, mass uom, unit of mass, "
        "gewichtseinheit, einheit gewicht, unite de poids, unite poids, unidad de peso, unita di peso, unita peso, "
        "unidade de peso, 重量单位"
    ),
    "extra_box_used": (
        "box used, carton used, caixa utilizada, caixa usada, caja utilizada, caja usada, carton utilise, "
        "scatola usata, box type, box id, box, carton type, carton, kartontyp, versandkarton, "
        "karton, packmittel, versandverpackung, verpackung, package used, packaging used, package type, "
        "packaging type, package, packaging, emballage, caja, embalaje, scatola, imballo, 箱型, 纸箱, caixa, embalagem"
    ),
    "extra_ship_date": (
        "ship date, shipping date, shipped, shipped at, dispatch date, despatch date, fulfilled at, "
        "fulfillment date, fulfilment date, goods issue date, actual goods movement date, "
        "versanddatum, versandtag, warenausgangsdatum, "
        "date d expedition, date expedition, fecha de envio, fecha envio, data di spedizione, data spedizione, "
        "发货日期, data de envio"
    ),
    "extra_postal_code": (
        "postal code, postcode, post code, zip code, zip, plz, postleitzahl, code postal, codigo postal, "
        "codice postale, cap, 邮编, 邮政编码, cep, shipping zip, shipping postcode, shipping postal code, "
        "ship postal code, ship zip, liefer plz, lieferplz, versand plz, empfanger plz, lieferpostleitzahl"
    ),
    "extra_country_code": (
        "country code, country, land, landercode, pays, pais, paese, 国家, shipping country, shipping country code, "
        "ship country, lieferland, liefer land, versandland, empfangerland, zielland"
    ),
    "extra_carrier_service": (
        "carrier service, carrier, service, shipping method, versandart, versanddienstleister, transporteur, "
        "transportista, corriere, 承运商, 快递公司, transportadora"
    ),
    "extra_zone": "zone, carrier zone, zona",
    "extra_site": "site, warehouse, lager, lagerort, entrepot, almacen, magazzino, 仓库, armazem",
    "extra_order_weight": "order weight, total weight, shipment weight, auftragsgewicht, gesamtgewicht",
}
WORDS = {field: tuple(words.split(", ")) for field, words in _WORDS.items()}
"""Names by the field that they are read as; of two columns the one whose name stands first is taken."""

IN_DOUBT_UNITS = ("masseinheit", "einheit", "unit", "uom", "unit of measure", "unite", "unidad", "unita")
"""Names of columns that may say the unit of sizes, or in which the goods are sold; not read without being named."""

THIRD_EDGE = ("depth", "d", "tiefe", "profondeur", "profundidad", "fondo", "profondita", "profundidade", "深度", "深")
"""Names of the edge that length, width and height leave over."""
