using System.Reflection;
using System.Reflection.Emit;
using Tools.Plugins;

namespace Tools.Tests.Plugins;

/// <summary>Writes plugin assemblies that no compiler would let pass in this solution.</summary>
internal static class EmittedPlugin
{
    /// <summary>An assembly with classes that implement the contract; their constructors throw.</summary>
    public static void Write(string file, params string[] classes)
    {
        var assembly = Assembly(Path.GetFileNameWithoutExtension(file), "1.0.0.0");
        var module = assembly.DefineDynamicModule(assembly.GetName().Name!);
        foreach (var name in classes)
            Implement(module.DefineType(name, TypeAttributes.Public | TypeAttributes.Class, typeof(object), [typeof(IToolPlugin)]), typeof(IToolPlugin).GetMethod(nameof(IToolPlugin.CreateTools))!);
        assembly.Save(file);
    }

    /// <summary>A plugin that was built against a later version of the contract.</summary>
    public static void WriteTooNew(string file)
    {
        var contract = Assembly("Tools", "99.0.0.0");
        var later = contract.DefineDynamicModule("Tools").DefineType("Tools.Plugins.INewPlugin", TypeAttributes.Public | TypeAttributes.Interface | TypeAttributes.Abstract);
        later.CreateType();
        var assembly = Assembly(Path.GetFileNameWithoutExtension(file), "1.0.0.0");
        assembly.DefineDynamicModule("TooNew").DefineType("TooNew", TypeAttributes.Public | TypeAttributes.Class, typeof(object), [later]).CreateType();
        assembly.Save(file);
    }

    private static PersistedAssemblyBuilder Assembly(string name, string version) =>
        new(new AssemblyName(name) { Version = Version.Parse(version) }, typeof(object).Assembly);

    private static void Implement(TypeBuilder type, MethodInfo contract)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, Type.EmptyTypes).GetILGenerator();
        constructor.Emit(OpCodes.Ldstr, "no licence");
        constructor.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
        constructor.Emit(OpCodes.Throw);
        var method = type.DefineMethod(contract.Name, MethodAttributes.Public | MethodAttributes.Virtual, contract.ReturnType, [.. contract.GetParameters().Select(parameter => parameter.ParameterType)]);
        var body = method.GetILGenerator();
        body.Emit(OpCodes.Ldnull);
        body.Emit(OpCodes.Ret);
        type.CreateType();
    }
}
