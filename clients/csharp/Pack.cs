// Plans one order with a Boxwright server, prints what a packer needs, then prints a refusal.
// Packages: Grpc.Net.Client, Google.Protobuf, Grpc.Tools (generates the stubs), Grpc.StatusProto (reads error details).
using Boxwright.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

using var channel = GrpcChannel.ForAddress(args.Length > 0 ? args[0] : "http://127.0.0.1:50051");
var client = new PackingService.PackingServiceClient(channel);

var book = new OrderLine
{
    LineId = "book",
    Quantity = 3,
    MassG = 340,
    Cuboid = new Cuboid { Dimensions = new Dimensions { LengthMm = 210, WidthMm = 148, HeightMm = 20 } },
};
await Plan(new Order { OrderId = "A-1001", Lines = { book } });
await Plan(new Order { OrderId = "nothing ordered" });

async Task Plan(Order order)
{
    var request = new PackRequest { Order = order, Catalog = "catalogs/eu-webshop" };
    try
    {
        // A packer should not wait longer than two seconds.
        var answer = await client.PackAsync(request, deadline: DateTime.UtcNow.AddSeconds(2));
        foreach (var (parcel, number) in answer.Plan.Parcels.Select((parcel, index) => (parcel, index + 1)))
        {
            Console.WriteLine($"parcel {number}: box {parcel.BoxTypeId}, {parcel.GrossG:F0} g gross");
            foreach (var unit in parcel.Placements)
            {
                Console.WriteLine($"  {unit.LineId} at {unit.XMm:F0}, {unit.YMm:F0}, {unit.ZMm:F0} mm");
            }
        }
    }
    catch (RpcException refused)
    {
        var status = refused.GetRpcStatus();
        Console.WriteLine($"refused: {refused.StatusCode}, {status?.GetDetail<ErrorInfo>()?.Reason}");
        foreach (var each in status?.GetDetail<BadRequest>()?.FieldViolations ?? [])
        {
            Console.WriteLine($"  {each.Field}: {each.Description}");
        }
    }
}
